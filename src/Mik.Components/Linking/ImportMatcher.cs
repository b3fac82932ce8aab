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
            items.Add(name, type is InstanceExtern instance && _linker.Find(name) is { } host
                ? MatchInstance(name, instance.Type, host)
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
                // An instance that nothing is taken from need not exist.
                return MatchInstance(
                    from.Length == 0 ? name : $"{from} {name}", instance.Type, Find<HostInstance>(host, from, wanted.Kind, name, mayBeMissing: true)?.Interface);
            case CoreModuleExtern module:
                return MatchCoreModule(host, from, name, module);
            default:
                Mismatch(from, wanted.Kind, name, ", which this host does not provide");
                return new TypeItem(null);
        }
    }

    private FuncItem MatchFunc(HostInterface? host, string from, string name, ComponentFuncType type)
    {
        if (Find<HostFunc>(host, from, "function", name) is not { } found)
        {
            return new FuncItem(type, null, null);
        }

        var wanted = _substitution.Apply(type);
        if (!IsSame(wanted, found.Type))
        {
            Mismatch(from, "function", name, $" as {WitText.Of(wanted)}, and this host provides {WitText.Of(found.Type)}");
        }

        return new FuncItem(wanted, found.Function, null);
    }

    private TypeItem MatchResource(HostInterface? host, string from, string name, ResourceType resource)
    {
        var isNew = _bound.Contains(resource) && _substitution.Apply(resource) == resource;
        if (Find<HostResource>(host, from, "resource", name, mayBeMissing: !isNew) is { } found)
        {
            if (isNew)
            {
                _substitution.Add(resource, found.Type);
            }
            else if (_substitution.Apply(resource) != found.Type)
            {
                Mismatch(from, "resource", name, $" as the same as {resource}, and this host provides another");
            }
        }

        return new TypeItem(new DefinedResourceType(_substitution.Apply(resource)));
    }

    private Item MatchCoreModule(HostInterface? host, string from, string name, CoreModuleExtern wanted)
    {
        if (Find<HostModule>(host, from, wanted.Kind, name) is not { } found)
        {
            return new TypeItem(null);
        }

        if (CoreMatching.Mismatch(CoreModuleTypes.Of(found.Module, 0), wanted.Type) is { } why)
        {
            Mismatch(from, wanted.Kind, name, $", and this host provides another: {why}");
        }

        return new ModuleItem(found.Module);
    }

    private T? Find<T>(HostInterface? host, string from, string kind, string name, bool mayBeMissing = false)
        where T : HostItem
    {
        var item = host?.Find(name);
        if (item is not null and not T)
        {
            Mismatch(from, kind, name, $", and this host provides a {item.Kind} of that name");
        }
        else if (item is null && !mayBeMissing)
        {
            Mismatch(from, kind, name, ", which this host does not provide");
        }

        return item as T;
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

    private void Mismatch(string from, string kind, string name, string why) =>
        _problems.Add($"component imports {(from.Length == 0 ? "" : from + " ")}{kind} `{name}`{why}");
}
