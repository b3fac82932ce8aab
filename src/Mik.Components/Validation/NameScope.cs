using Mik.Components.Binary;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Validation;

/// <summary>The names of the imports or of the exports of one component or type.</summary>
internal sealed class NameScope
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceType> _resources = new(StringComparer.Ordinal);

    /// <summary>Checks that a name follows the grammar, is unique, and fits the type it stands for.</summary>
    public void Add(ExternNameSyntax syntax, ComponentExtern type, string what, int offset)
    {
        var name = syntax.Name;
        var parsed = ExternName.Parse(name)
            ?? throw new ModuleValidationException($"`{name}` is not a valid {what} name: {ExternName.Rule(name)}", offset);
        if (!_keys.Add(parsed.UniqueKey))
        {
            throw new ModuleValidationException($"{what} name `{name}` conflicts with a previous name", offset);
        }

        CheckAttributes(syntax, parsed, type, offset);
        if (type is TypeExtern { Type: DefinedResourceType resource })
        {
            _resources[name] = resource.Type;
        }

        if (parsed.Kind is ExternNameKind.Constructor or ExternNameKind.Method or ExternNameKind.Static)
        {
            CheckMember(name, parsed, type, offset);
        }
    }

    private static void CheckAttributes(ExternNameSyntax syntax, ExternName parsed, ComponentExtern type, int offset)
    {
        if (syntax.Implements is { } implements)
        {
            if (type is not InstanceExtern)
            {
                throw new ModuleValidationException("only instances can have an `implements`", offset);
            }

            if (parsed.Kind != ExternNameKind.Plain)
            {
                throw new ModuleValidationException($"name `{syntax.Name}` is not valid with `implements`", offset);
            }

            if (ExternName.Parse(implements) is not { Kind: ExternNameKind.Interface })
            {
                throw new ModuleValidationException($"`{implements}` must be an interface", offset);
            }
        }

        if (syntax.VersionSuffix is { } suffix && !InterfaceVersion.IsSplit(syntax.Name, suffix))
        {
            throw new ModuleValidationException($"`{syntax.Name}` with the version suffix `{suffix}` is not a valid semver", offset);
        }
    }

    private void CheckMember(string name, ExternName parsed, ComponentExtern type, int offset)
    {
        if (type is not FuncExtern { Type: var func })
        {
            throw new ModuleValidationException($"`{name}` must be a func", offset);
        }

        if (!_resources.TryGetValue(parsed.Resource, out var resource))
        {
            throw new ModuleValidationException($"`{name}`: there is no resource named `{parsed.Resource}`", offset);
        }

        if (parsed.Kind == ExternNameKind.Method)
        {
            if (func.Parameters is not [{ Name: "self", Type: BorrowType self }, ..] || !ReferenceEquals(self.Resource, resource))
            {
                throw new ModuleValidationException(
                    $"`{name}`: the first parameter of a method must be `self`, a borrow of `{parsed.Resource}`", offset);
            }
        }
        else if (parsed.Kind == ExternNameKind.Constructor)
        {
            var made = func.Result is ResultType { Ok: var ok } ? ok : func.Result;
            if (made is not OwnType own || !ReferenceEquals(own.Resource, resource))
            {
                throw new ModuleValidationException($"`{name}`: a constructor must return `own` of `{parsed.Resource}`", offset);
            }
        }
    }
}
