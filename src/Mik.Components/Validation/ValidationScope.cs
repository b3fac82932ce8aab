using Mik.Components.Types;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Components.Validation;

internal enum ScopeKind : byte
{
    Component,
    ComponentType,
    InstanceType,
}

/// <summary>An entry of the core type index space: a function type or a module type.</summary>
internal readonly record struct CoreType(FuncType? Func, CoreModuleType? Module);

/// <summary>
/// The index spaces of a component, or of a component or instance type, while it is validated. Single-threaded.
/// </summary>
internal sealed class ValidationScope(ScopeKind kind, ValidationScope? parent)
{
    public ScopeKind Kind { get; } = kind;

    public ValidationScope? Parent { get; } = parent;

    public List<FuncType> CoreFuncs { get; } = [];

    public List<TableType> CoreTables { get; } = [];

    public List<MemoryType> CoreMemories { get; } = [];

    public List<GlobalType> CoreGlobals { get; } = [];

    public List<TagType> CoreTags { get; } = [];

    public List<CoreType> CoreTypes { get; } = [];

    public List<CoreModuleType> CoreModules { get; } = [];

    public List<IReadOnlyDictionary<string, ExternType>> CoreInstances { get; } = [];

    public List<ComponentFuncType> Funcs { get; } = [];

    public List<DefinedType> Types { get; } = [];

    public List<ComponentType> Components { get; } = [];

    public List<InstanceType> Instances { get; } = [];

    /// <summary>Resources this component defines: only it may make handles of them and see their representation.</summary>
    public HashSet<ResourceType> OwnResources { get; } = [];

    public NamedExterns Imports { get; } = new();

    public NamedExterns Exports { get; } = new();

    /// <summary>Abstract resources the imports introduced.</summary>
    public List<ResourceType> ImportedResources { get; } = [];

    /// <summary>In a type, the abstract resources the exports introduced.</summary>
    public List<ResourceType> ExportedResources { get; } = [];

    public NameScope ImportNames { get; } = new();

    public NameScope ExportNames { get; } = new();

    /// <summary>Indices by which types cannot be mentioned outside.</summary>
    public UnnamedTypes Unnamed { get; } = new();

    /// <summary>Types that have a name among the imports: what imports may mention.</summary>
    public HashSet<object> ImportedTypes { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Types that have a name among the imports or exports: what exports may mention.</summary>
    public HashSet<object> NamedTypes { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The entry of an index space.</summary>
    /// <exception cref="ModuleValidationException">There is none.</exception>
    public static T Get<T>(List<T> space, uint index, string what, int offset) =>
        index < (uint)space.Count
            ? space[(int)index]
            : throw new ModuleValidationException($"unknown {what} {index}: {what} index out of bounds", offset);

    public DefinedType Type(uint index, int offset) => Get(Types, index, "type", offset);

    public ResourceType Resource(uint index, int offset) =>
        Type(index, offset) is DefinedResourceType resource
            ? resource.Type
            : throw new ModuleValidationException($"type index {index} is not a resource type", offset);

    public ComponentFuncType FuncType(uint index, int offset) =>
        Type(index, offset) is DefinedFuncType func
            ? func.Type
            : throw new ModuleValidationException($"type index {index} is not a function type", offset);

    /// <summary>The scope that many levels out.</summary>
    public ValidationScope Outer(uint count, int offset)
    {
        var scope = this;
        for (; count > 0; count--)
        {
            scope = scope.Parent ?? throw new ModuleValidationException("invalid outer alias count", offset);
        }

        return scope;
    }
}
