using Mik.Wasm.Binary;

namespace Mik.Wasm.Types;

/// <summary>What an import or export is. The numeric value is the binary encoding.</summary>
// spec: binary-externtype
public enum ExternKind : byte
{
    /// <summary>A function.</summary>
    Func,

    /// <summary>A table.</summary>
    Table,

    /// <summary>A linear memory.</summary>
    Memory,

    /// <summary>A global.</summary>
    Global,

    /// <summary>An exception's tag.</summary>
    Tag,
}

/// <summary>A size range: memories count 64 KiB pages, tables count elements.</summary>
/// <param name="Min">Initial size.</param>
/// <param name="Max">Largest size, or <see langword="null"/> when unbounded.</param>
// spec: syntax-limits
public readonly record struct Limits(ulong Min, ulong? Max)
{
    /// <summary>Whether something of these limits may stand where <paramref name="required"/> is imported.</summary>
    // spec: match-limits
    public bool Matches(Limits required) =>
        Min >= required.Min && (required.Max is null || (Max is { } max && max <= required.Max));
}

/// <summary>The type of an import or export.</summary>
// spec: syntax-externtype
public abstract record ExternType
{
    private protected ExternType(ExternKind kind) => Kind = kind;

    /// <summary>Which kind of entity this describes.</summary>
    public ExternKind Kind { get; }

    /// <summary>Whether something of this type may stand where <paramref name="wanted"/> is imported.</summary>
    // spec: match-externtype
    public bool Matches(ExternType wanted) => (this, wanted) switch
    {
        (FuncExternType g, FuncExternType w) => g.Type.Equals(w.Type),
        (TableType g, TableType w) => g.Element == w.Element && g.Is64 == w.Is64 && g.Limits.Matches(w.Limits),
        (MemoryType g, MemoryType w) => g.Is64 == w.Is64 && g.Limits.Matches(w.Limits),
        (GlobalType { IsMutable: false } g, GlobalType { IsMutable: false } w) => g.ValueType.Matches(w.ValueType),
        (GlobalType g, GlobalType w) => g == w,
        (TagType g, TagType w) => g == w,
        _ => false,
    };
}

/// <summary>A function import or export.</summary>
/// <param name="Type">The function's signature.</param>
public sealed record FuncExternType(FuncType Type) : ExternType(ExternKind.Func)
{
    /// <inheritdoc/>
    public override string ToString() => $"func {Type}";
}

/// <summary>A table of references.</summary>
/// <param name="Element">What the table holds.</param>
/// <param name="Limits">Size in elements.</param>
/// <param name="Is64">Whether elements are numbered by i64 instead of i32.</param>
// spec: syntax-tabletype
public sealed record TableType(ValType Element, Limits Limits, bool Is64 = false) : ExternType(ExternKind.Table)
{
    /// <summary>The type of indices and sizes.</summary>
    internal ValType Address => Is64 ? ValType.I64 : ValType.I32;

    /// <inheritdoc/>
    public override string ToString() => $"table {(Is64 ? "i64 " : "")}{Limits.Min}..{Limits.Max} {Element.Text()}";
}

/// <summary>A linear memory.</summary>
/// <param name="Limits">Size in 64 KiB pages.</param>
/// <param name="Is64">Whether addresses are i64 instead of i32.</param>
// spec: syntax-memtype
public sealed record MemoryType(Limits Limits, bool Is64 = false) : ExternType(ExternKind.Memory)
{
    /// <summary>The type of addresses and sizes.</summary>
    internal ValType Address => Is64 ? ValType.I64 : ValType.I32;

    /// <summary>The largest size any memory of this kind can have, in pages.</summary>
    internal ulong MaxPages => Is64 ? ImplementationLimits.MemoryPages64 : ImplementationLimits.MemoryPages;

    /// <inheritdoc/>
    public override string ToString() => $"memory {(Is64 ? "i64 " : "")}{Limits.Min}..{Limits.Max}";
}

/// <summary>A global variable.</summary>
/// <param name="ValueType">What the global holds.</param>
/// <param name="IsMutable">Whether <c>global.set</c> is allowed.</param>
// spec: syntax-globaltype
public sealed record GlobalType(ValType ValueType, bool IsMutable) : ExternType(ExternKind.Global)
{
    /// <inheritdoc/>
    public override string ToString() => $"global {(IsMutable ? "mut " : "")}{ValueType.Text()}";
}

/// <summary>A tag: what kind of exception is thrown, and what it carries.</summary>
/// <param name="Type">The carried values are the parameters; there are no results.</param>
// spec: syntax-tagtype
public sealed record TagType(FuncType Type) : ExternType(ExternKind.Tag)
{
    /// <inheritdoc/>
    public override string ToString() => $"tag {Type}";
}
