using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Validation;

/// <summary>
/// Substitution, matching and instantiation of types. Everything that walks a type is counted, so that a small component
/// cannot make its validation run for long.
/// </summary>
internal sealed class TypeRelations(TypeInterner interner)
{
    // Far above what real components need (the largest seen takes thousands), and reached within a second.
    private const long MaxWork = 50_000_000;

    private long _work;

    public TypeInterner Interner { get; } = interner;

    public void Spend(long work, int offset)
    {
        _work += work;
        if (_work > MaxWork)
        {
            throw new ModuleValidationException("the component's types are too large together", offset);
        }
    }

    /// <summary>An instance of the type: its abstract resources become fresh ones.</summary>
    public InstanceType Open(InstanceType type, List<ResourceType> fresh, int offset)
    {
        if (type.Resources.Count == 0)
        {
            return type;
        }

        var substitution = new Substitution(this, offset);
        foreach (var resource in type.Resources)
        {
            var opened = new ResourceType(resource.Name);
            fresh.Add(opened);
            substitution.Add(resource, opened);
        }

        return new InstanceType(substitution.Apply(type.Exports), []);
    }

    /// <summary>Checks a component's arguments and returns what the instance exports.</summary>
    public InstanceType Instantiate(ComponentType component, IReadOnlyDictionary<string, ComponentExtern> arguments, int offset)
    {
        var substitution = new Substitution(this, offset);
        var bound = component.ImportedResources.ToHashSet();
        foreach (var (name, expected) in component.Imports.Entries)
        {
            if (!arguments.TryGetValue(name, out var actual))
            {
                throw new ModuleValidationException($"missing import named `{name}`: the instantiation does not give it", offset);
            }

            if (Mismatch(actual, expected, substitution, bound) is { } why)
            {
                throw new ModuleValidationException($"type mismatch for import `{name}`: {why}", offset);
            }
        }

        foreach (var resource in component.ExportedResources)
        {
            substitution.Add(resource, new ResourceType(resource.Name));
        }

        return new InstanceType(substitution.Apply(component.Exports), []);
    }

    /// <summary>
    /// Why something of type <paramref name="actual"/> cannot stand where <paramref name="expected"/> is wanted, or
    /// <see langword="null"/>. Resources in <paramref name="bound"/> are chosen by the first type that meets them.
    /// </summary>
    public string? Mismatch(
        ComponentExtern actual, ComponentExtern expected, Substitution substitution, HashSet<ResourceType> bound)
    {
        Spend(1, substitution.Offset);
        return (actual, expected) switch
        {
            (FuncExtern a, FuncExtern e) => Mismatch(a.Type, substitution.Apply(e.Type)),
            (TypeExtern a, TypeExtern e) => Mismatch(a.Type, e.Type, substitution, bound),
            (InstanceExtern a, InstanceExtern e) => Mismatch(a.Type.Exports, e.Type.Exports, substitution, bound),
            (ComponentTypeExtern a, ComponentTypeExtern e) => Mismatch(a.Type, substitution.Apply(e.Type), substitution.Offset),
            (CoreModuleExtern a, CoreModuleExtern e) => Mismatch(a.Type, e.Type, substitution.Offset),
            _ => $"expected {expected.Kind}, found {actual.Kind}",
        };
    }

    private string? Mismatch(CoreModuleType actual, CoreModuleType expected, int offset)
    {
        Spend(actual.Imports.Count + expected.Exports.Count, offset);
        return CoreMatching.Mismatch(actual, expected);
    }

    private string? Mismatch(
        NamedExterns actual, NamedExterns expected, Substitution substitution, HashSet<ResourceType> bound)
    {
        foreach (var (name, type) in expected.Entries)
        {
            if (!actual.TryGet(name, out var found))
            {
                return $"missing expected export `{name}`";
            }

            if (Mismatch(found, type, substitution, bound) is { } why)
            {
                return $"type mismatch in instance export `{name}`: {why}";
            }
        }

        return null;
    }

    private string? Mismatch(DefinedType actual, DefinedType expected, Substitution substitution, HashSet<ResourceType> bound)
    {
        switch (actual, expected)
        {
            case (DefinedResourceType a, DefinedResourceType e):
                if (bound.Contains(e.Type) && substitution.TryAdd(e.Type, a.Type))
                {
                    return null;
                }

                return ReferenceEquals(substitution.Apply(e.Type), a.Type) ? null : "resource types are not the same";
            case (DefinedValueType a, DefinedValueType e):
                return Mismatch(a.Type, substitution.Apply(e.Type));
            case (DefinedFuncType a, DefinedFuncType e):
                return Mismatch(a.Type, substitution.Apply(e.Type));
            case (DefinedInstanceType a, DefinedInstanceType e):
                return Mismatch(Closed(a.Type), substitution.Apply(Closed(e.Type)), substitution.Offset)
                    ?? Mismatch(substitution.Apply(Closed(e.Type)), Closed(a.Type), substitution.Offset);
            case (DefinedComponentType a, DefinedComponentType e):
                return Mismatch(a.Type, substitution.Apply(e.Type), substitution.Offset)
                    ?? Mismatch(substitution.Apply(e.Type), a.Type, substitution.Offset);
            default:
                return $"expected {KindOf(expected)}, found {KindOf(actual)}";
        }
    }

    private static string KindOf(DefinedType type) => type switch
    {
        DefinedValueType => "a value type",
        DefinedFuncType => "a function type",
        DefinedResourceType => "a resource",
        DefinedInstanceType => "an instance type",
        _ => "a component type",
    };

    private static ComponentType Closed(InstanceType type) => new(NamedExterns.Empty, [], type.Exports, type.Resources);

    // A component may stand for another if the other's imports satisfy it and its exports satisfy the other's users.
    private string? Mismatch(ComponentType actual, ComponentType expected, int offset)
    {
        Spend(1, offset);
        var inner = new Substitution(this, offset);
        var bound = actual.ImportedResources.ToHashSet();
        foreach (var (name, wanted) in actual.Imports.Entries)
        {
            if (!expected.Imports.TryGet(name, out var given))
            {
                return $"missing expected import `{name}`";
            }

            if (Mismatch(given, wanted, inner, bound) is { } why)
            {
                return $"type mismatch in import `{name}`: {why}";
            }
        }

        var exports = inner.Apply(actual.Exports);
        return Mismatch(exports, expected.Exports, new Substitution(this, offset), expected.ExportedResources.ToHashSet());
    }

    private static string? Mismatch(ComponentFuncType actual, ComponentFuncType expected)
    {
        if (actual.Parameters.Length != expected.Parameters.Length)
        {
            return $"expected {expected.Parameters.Length} parameters, found {actual.Parameters.Length}";
        }

        for (var i = 0; i < actual.Parameters.Length; i++)
        {
            if (actual.Parameters[i].Name != expected.Parameters[i].Name)
            {
                return $"expected parameter named `{expected.Parameters[i].Name}`, found `{actual.Parameters[i].Name}`";
            }

            if (Mismatch(actual.Parameters[i].Type, expected.Parameters[i].Type) is { } why)
            {
                return $"type mismatch in function parameter `{actual.Parameters[i].Name}`: {why}";
            }
        }

        return Mismatch(actual.Result, expected.Result) is { } reason ? $"type mismatch in the function's result: {reason}" : null;
    }

    private static string? Mismatch(WitType? actual, WitType? expected)
    {
        if (ReferenceEquals(actual, expected))
        {
            return null;
        }

        var (wanted, found) = (WitText.Of(expected), WitText.Of(actual));
        return wanted == found ? $"resource types are not the same in {found}" : $"expected {wanted}, found {found}";
    }
}
