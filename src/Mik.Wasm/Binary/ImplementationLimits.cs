namespace Mik.Wasm.Binary;

/// <summary>
/// How large a module may be in each respect before we refuse it. Mostly the numbers browsers agreed on (JavaScript API,
/// “Limits”); the others are far above what compilers produce and keep work and memory in proportion to the module's size.
/// </summary>
// spec: impl
internal static class ImplementationLimits
{
    public const int Types = 1_000_000;
    public const int Functions = 1_000_000;
    public const int Imports = 1_000_000;
    public const int Exports = 1_000_000;
    public const int Globals = 1_000_000;
    public const int Tables = 100;
    public const int Tags = 100_000;
    public const int Memories = 100;
    public const int ElementSegments = 100_000;
    public const int SegmentItems = 10_000_000;
    public const int DataSegments = 100_000;
    public const int Parameters = 1_000;
    public const int Results = 1_000;
    public const int Locals = 50_000;
    public const int BodyBytes = 7_654_321;
    public const int NameBytes = 100_000;

    /// <summary>Labels of one <c>br_table</c>.</summary>
    public const int Labels = 65_520;

    /// <summary>
    /// <c>try_table</c> blocks of one function. The JIT's work grows with their square, and faster with their nesting: at these three limits
    /// together it takes about a second, where nothing can interrupt it; ten times as many nested ones took a minute.
    /// </summary>
    public const int TryTables = 2_000;

    /// <summary><c>try_table</c> blocks within each other.</summary>
    public const int TryDepth = 64;

    /// <summary>Catch clauses of one function.</summary>
    public const int CatchClauses = 4_000;

    /// <summary>Blocks within blocks.</summary>
    public const int NestingDepth = 100_000;

    /// <summary>
    /// Values on the operand stack. With <see cref="Locals"/> and <see cref="Parameters"/> it stays below the 65,535 locals a
    /// .NET method can have.
    /// </summary>
    public const int OperandStack = 10_000;

    /// <summary>Pages of 64 KiB in 4 GiB.</summary>
    // spec: valid-memtype
    public const uint MemoryPages = 65_536;

    /// <summary>Pages of 64 KiB in what 64-bit addresses reach.</summary>
    // spec: valid-memtype
    public const ulong MemoryPages64 = 1UL << 48;

    /// <summary>
    /// Operands that calls and branches may move per byte of a module, on average. Two bytes of code can move a thousand (a
    /// branch to a block with as many results), so without this a small hostile module could take minutes; real code stays
    /// below 2.
    /// </summary>
    public const int OperandsPerByte = 64;

    /// <summary>Operands that may be moved in addition, so that small modules are never refused.</summary>
    public const int FreeOperands = 4_000_000;
}
