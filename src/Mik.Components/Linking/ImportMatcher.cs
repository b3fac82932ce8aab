using Mik.Components.Types;
using Mik.Components.Validation;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>Finds what a component imports among the host's interfaces, and lists everything that is missing or different.</summary>
internal sealed class ImportMatcher
{
    private readonly ComponentLinker _linker;
    private readonly Component _component;
    private readonly Substitution _substitution = new(new TypeRelations(new TypeInterner()), 0);
    private readonly HashSet<ResourceType> _bound;
    private readonly List<string> _problems = [];

    public ImportMatcher(ComponentLinker linker, Component component)
    {
        _linker = linker;
        _component = component;
        _bound = [.. component.Type.ImportedResources];
    }

    /// <exception cref="LinkException">Something is missing or has another type.</exception>
    public IReadOnlyDictionary<string, Item> Match()
    {
        var items = new Dictionary<string, Item>(StringComparer.Ordinal);
        foreach (var (name, type) in _component.Type.Imports.Entries)
        {
            items.Add(name, type is InstanceExtern instance
                ? MatchInstance(name, instance.Type, _linker.Find(name))
                : MatchItem(_linker.Root, "", name, type));
        }

        return _problems.Count == 0
            ? items
            : throw new LinkException($"cannot link {_component.Name}: {string.Join("; ", _problems)}");
    }

    private InstanceItem MatchInstance(string name, InstanceType type, HostInterface? host)
    {
        var exports = new Dictionary<string, Item>(StringComparer.Ordinal);
        foreach (var (export, wanted) in type.Exports.Entries)
        {
            exports.Add(export, MatchItem(host, name, export, wanted));
        }

        return new InstanceItem(exports);
    }

    private Item MatchItem(HostInterface? host, string from, string name, ComponentExtern wanted)
    {
        switch (wanted)
        {
            case FuncExtern func:
                return MatchFunc(host, from, name, func.Type);
            case TypeExtern { Type: DefinedResourceType resource }:
                return MatchResource(host, from, name, resource.Type);
            case TypeExtern { Type: DefinedValueType value }:
                return new TypeItem(new DefinedValueType(_substitution.Apply(value.Type)));
            case TypeExtern { Type: DefinedFuncType func }:
                return new TypeItem(new DefinedFuncType(_substitution.Apply(func.Type)));
            case TypeExtern:
                return new TypeItem(null);
            case InstanceExtern instance:
                return MatchInstance($"{from} {name}", instance.Type, null);
            default:
                Missing(from, wanted.Kind, name);
                return new TypeItem(null);
        }
    }

    private FuncItem MatchFunc(HostInterface? host, string from, string name, ComponentFuncType type)
    {
        if (host?.FindFunc(name) is not { } found)
        {
            Missing(from, "function", name);
            return new FuncItem(type, null, null);
        }

        var wanted = _substitution.Apply(type);
        if (!IsSame(wanted, found.Type))
        {
            _problems.Add(
                $"component imports {Described(from, "function", name)} as {WitText.Of(wanted)}, and this host provides {WitText.Of(found.Type)}");
        }

        return new FuncItem(wanted, found.Function, null);
    }

    private TypeItem MatchResource(HostInterface? host, string from, string name, ResourceType resource)
    {
        if (_bound.Contains(resource) && _substitution.Apply(resource) == resource)
        {
            if (host?.FindResource(name) is { } found)
            {
                _substitution.Add(resource, found);
            }
            else
            {
                Missing(from, "resource", name);
            }
        }

        return new TypeItem(new DefinedResourceType(_substitution.Apply(resource)));
    }

    // Parameter names are documentation to a host, which takes arguments by position.
    private static bool IsSame(ComponentFuncType wanted, ComponentFuncType found)
    {
        if (wanted.Parameters.Length != found.Parameters.Length || !Equals(wanted.Result, found.Result))
        {
            return false;
        }

        for (var i = 0; i < wanted.Parameters.Length; i++)
        {
            if (!wanted.Parameters[i].Type.Equals(found.Parameters[i].Type))
            {
                return false;
            }
        }

        return true;
    }

    private void Missing(string from, string kind, string name) =>
        _problems.Add($"component imports {Described(from, kind, name)}, which this host does not provide");

    private static string Described(string from, string kind, string name) =>
        from.Length == 0 ? $"{kind} `{name}`" : $"{from} {kind} `{name}`";
}
