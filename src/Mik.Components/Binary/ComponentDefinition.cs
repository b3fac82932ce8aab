namespace Mik.Components.Binary;

/// <summary>A decoded component: what the binary says, in its order, nothing resolved. Immutable once decoded.</summary>
internal sealed class ComponentDefinition
{
    /// <summary>Where the component starts in the outermost binary.</summary>
    public required int Offset { get; init; }

    public List<Definition> Definitions { get; } = [];
}

/// <summary>The index spaces of a component. The numeric value of component sorts is the binary encoding.</summary>
internal enum Sort : byte
{
    CoreFunc,
    CoreTable,
    CoreMemory,
    CoreGlobal,
    CoreTag,
    CoreType,
    CoreModule,
    CoreInstance,
    Func,
    Value,
    Type,
    Component,
    Instance,
}

internal static class SortText
{
    /// <summary>What the text format calls the sort.</summary>
    public static string Text(this Sort sort) =>
        sort < Sort.Func ? $"core {sort.ToString()[4..].ToLowerInvariant()}" : sort.ToString().ToLowerInvariant();
}

internal readonly record struct SortIndex(Sort Sort, uint Index);

internal readonly record struct NamedSortIndex(string Name, SortIndex Target);

internal readonly record struct InlineExport(ExternNameSyntax FullName, SortIndex Target)
{
    public string Name => FullName.Name;
}

/// <summary>One entry of a section.</summary>
/// <param name="Offset">Where it starts, for messages.</param>
internal abstract record Definition(int Offset);

/// <summary>A core module: a range of the outermost binary.</summary>
internal sealed record CoreModuleDefinition(int Offset, int Length) : Definition(Offset);

internal sealed record NestedComponentDefinition(int Offset, ComponentDefinition Component) : Definition(Offset);

internal sealed record CoreInstantiateDefinition(int Offset, uint Module, NamedIndex[] Arguments) : Definition(Offset);

internal sealed record CoreInlineInstanceDefinition(int Offset, NamedSortIndex[] Exports) : Definition(Offset);

internal sealed record InstantiateDefinition(int Offset, uint Component, NamedSortIndex[] Arguments) : Definition(Offset);

internal sealed record InlineInstanceDefinition(int Offset, InlineExport[] Exports) : Definition(Offset);

internal sealed record CoreTypeDefinition(int Offset, CoreTypeSyntax Type) : Definition(Offset);

internal sealed record TypeDefinition(int Offset, TypeSyntax Type) : Definition(Offset);

internal sealed record ExportAliasDefinition(int Offset, Sort Sort, uint Instance, string Name) : Definition(Offset);

internal sealed record CoreExportAliasDefinition(int Offset, Sort Sort, uint Instance, string Name) : Definition(Offset);

internal sealed record OuterAliasDefinition(int Offset, Sort Sort, uint Count, uint Index) : Definition(Offset);

/// <summary>The name of an import or export with what is said about it. Matching ignores all but <see cref="Name"/>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Implements">The interface that an instance under a plain name implements.</param>
/// <param name="VersionSuffix">What was cut from the version in the name.</param>
internal readonly record struct ExternNameSyntax(string Name, string? Implements = null, string? VersionSuffix = null);

internal sealed record ImportDefinition(int Offset, ExternNameSyntax FullName, ExternSyntax Type) : Definition(Offset)
{
    public string Name => FullName.Name;
}

internal sealed record ExportDefinition(int Offset, ExternNameSyntax FullName, SortIndex Target, ExternSyntax? Type) : Definition(Offset)
{
    public string Name => FullName.Name;
}

internal sealed record LiftDefinition(int Offset, uint CoreFunc, CanonicalOptionsSyntax Options, uint Type) : Definition(Offset);

internal sealed record LowerDefinition(int Offset, uint Func, CanonicalOptionsSyntax Options) : Definition(Offset);

internal enum ResourceBuiltin : byte
{
    New,
    Drop,
    Rep,
}

internal sealed record ResourceBuiltinDefinition(int Offset, ResourceBuiltin Builtin, uint Type) : Definition(Offset);

internal readonly record struct NamedIndex(string Name, uint Index);

/// <summary>How strings look in linear memory.</summary>
internal enum StringEncoding : byte
{
    Utf8,
    Utf16,
    Latin1OrUtf16,
}

// cabi: CanonicalOptions
internal sealed record CanonicalOptionsSyntax(StringEncoding Encoding, uint? Memory, uint? Realloc, uint? PostReturn);
