using Mik.Wasm.Types;

namespace Mik.Components.Types;

/// <summary>The type of something a component imports or exports, resolved.</summary>
internal abstract record ComponentExtern
{
    public abstract string Kind { get; }
}

internal sealed record CoreModuleExtern(CoreModuleType Type) : ComponentExtern
{
    public override string Kind => "core module";
}

internal sealed record FuncExtern(ComponentFuncType Type) : ComponentExtern
{
    public override string Kind => "func";
}

/// <summary>A type that is imported or exported under a name. An abstract resource is a resource its owner binds.</summary>
internal sealed record TypeExtern(DefinedType Type) : ComponentExtern
{
    public override string Kind => "type";
}

internal sealed record InstanceExtern(InstanceType Type) : ComponentExtern
{
    public override string Kind => "instance";
}

internal sealed record ComponentTypeExtern(ComponentType Type) : ComponentExtern
{
    public override string Kind => "component";
}

/// <summary>An entry of the type index space.</summary>
internal abstract record DefinedType;

internal sealed record DefinedValueType(WitType Type) : DefinedType;

internal sealed record DefinedFuncType(ComponentFuncType Type) : DefinedType;

internal sealed record DefinedResourceType(ResourceType Type) : DefinedType;

internal sealed record DefinedInstanceType(InstanceType Type) : DefinedType;

internal sealed record DefinedComponentType(ComponentType Type) : DefinedType;

/// <summary>What a core module imports and exports.</summary>
internal sealed class CoreModuleType
{
    public required IReadOnlyDictionary<(string Module, string Name), ExternType> Imports { get; init; }

    public required IReadOnlyDictionary<string, ExternType> Exports { get; init; }
}

/// <summary>The exports of an instance, in order. A resource the type binds stands for a fresh one per instance.</summary>
internal sealed class InstanceType(NamedExterns exports, IReadOnlyList<ResourceType> resources)
{
    public NamedExterns Exports { get; } = exports;

    /// <summary>Abstract resources this type introduces; empty for an instance at hand, whose resources are known.</summary>
    public IReadOnlyList<ResourceType> Resources { get; } = resources;
}

/// <summary>What a component takes and gives.</summary>
internal sealed class ComponentType(
    NamedExterns imports,
    IReadOnlyList<ResourceType> importedResources,
    NamedExterns exports,
    IReadOnlyList<ResourceType> exportedResources)
{
    public NamedExterns Imports { get; } = imports;

    /// <summary>Resources the instantiating side chooses.</summary>
    public IReadOnlyList<ResourceType> ImportedResources { get; } = importedResources;

    public NamedExterns Exports { get; } = exports;

    /// <summary>Resources that are fresh for each instance.</summary>
    public IReadOnlyList<ResourceType> ExportedResources { get; } = exportedResources;
}
