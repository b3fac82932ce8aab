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
}

/// <summary>A size range: memories count 64 KiB pages, tables count elements.</summary>
/// <param name="Min">Initial size.</param>
/// <param name="Max">Largest size, or <see langword="null"/> when unbounded.</param>
// spec: syntax-limits
public readonly record struct Limits(uint Min, uint? Max)
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
// spec: syntax-tabletype
public sealed record TableType(ValType Element, Limits Limits) : ExternType(ExternKind.Table)
{
    /// <inheritdoc/>
    public override string ToString() => $"table {Limits.Min}..{Limits.Max} {Element.Text()}";
}

/// <summary>A linear memory.</summary>
/// <param name="Limits">Size in 64 KiB pages.</param>
// spec: syntax-memtype
public sealed record MemoryType(Limits Limits) : ExternType(ExternKind.Memory)
{
    /// <inheritdoc/>
    public override string ToString() => $"memory {Limits.Min}..{Limits.Max}";
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
