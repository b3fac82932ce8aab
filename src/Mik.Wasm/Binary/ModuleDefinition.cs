using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

/// <summary>
/// A decoded module: what the binary says, nothing resolved. Filled by the decoder, read by the validator, the compiler and
/// instantiation. Index spaces (<see cref="FunctionTypeIndices"/>, <see cref="Tables"/>, <see cref="Memories"/>,
/// <see cref="Globals"/>) hold the imports first, as the specification numbers them. Immutable once decoded.
/// </summary>
// spec: syntax-module
internal sealed class ModuleDefinition
{
    private uint[]? _referencedFunctions;
    private int[]? _referencedFunctionSlots;

    /// <summary>The whole binary; function bodies, constant expressions and segments are ranges of it.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>What the module may use beyond WebAssembly 2.0.</summary>
    public WasmFeatures Features { get; init; } = WasmFeatures.All;

    /// <summary>Where each section's content starts, by <see cref="SectionId"/>; 0 for an absent one. For error messages.</summary>
    public int[] SectionStarts { get; } = new int[(int)SectionId.Tag + 1];

    public FuncType[] Types { get; set; } = [];

    public ImportDeclaration[] Imports { get; set; } = [];

    /// <summary>Per function of the index space, the index of its type.</summary>
    public uint[] FunctionTypeIndices { get; set; } = [];

    public TableType[] Tables { get; set; } = [];

    public MemoryType[] Memories { get; set; } = [];

    public GlobalType[] Globals { get; set; } = [];

    /// <summary>Per tag of the index space, the index of its type.</summary>
    public uint[] TagTypeIndices { get; set; } = [];

    public int ImportedFunctionCount { get; set; }

    public int ImportedTableCount { get; set; }

    public int ImportedMemoryCount { get; set; }

    public int ImportedGlobalCount { get; set; }

    public int ImportedTagCount { get; set; }

    /// <summary>One entry per defined table: what its elements start as, or <see langword="null"/> for null.</summary>
    public ConstantExpression?[] TableInitializers { get; set; } = [];

    /// <summary>One initializer per defined (not imported) global.</summary>
    public ConstantExpression[] GlobalInitializers { get; set; } = [];

    public ExportDeclaration[] Exports { get; set; } = [];

    public uint? Start { get; set; }

    public ElementSegment[] Elements { get; set; } = [];

    /// <summary>The data count section's value, or <see langword="null"/> when the section is absent.</summary>
    public uint? DataCount { get; set; }

    /// <summary>One body per defined function.</summary>
    public FunctionBody[] Bodies { get; set; } = [];

    public DataSegment[] Data { get; set; } = [];

    /// <summary>Function names of the name custom section by function index; empty when absent or malformed.</summary>
    public IReadOnlyDictionary<uint, string> FunctionNames { get; set; } = new Dictionary<uint, string>();

    /// <summary>
    /// Functions that can become references or be called from outside, ascending: exported, in element segments, in initializers
    /// of globals and tables, or the start function. Only these get a function reference record and a collected code address. Every
    /// <c>ref.func</c> of a valid body names one of them.
    /// </summary>
    // spec: syntax-ref.func
    public uint[] ReferencedFunctions => _referencedFunctions ??= ReferencedFunctionFinder.Find(this);

    /// <summary>Position of a function in <see cref="ReferencedFunctions"/>; negative when it is not there.</summary>
    // A table, because instantiation asks for every element of every table.
    public int ReferencedFunctionSlot(uint functionIndex) => (_referencedFunctionSlots ??= FindSlots())[functionIndex];

    public FuncType FunctionType(uint functionIndex) => Types[FunctionTypeIndices[functionIndex]];

    public FuncType TagType(uint tagIndex) => Types[TagTypeIndices[tagIndex]];

    /// <exception cref="ModuleValidationException">The feature is not enabled.</exception>
    public void Require(WasmFeatures feature, int offset)
    {
        if ((Features & feature) == 0)
        {
            throw FeatureText.Refusal(feature, offset);
        }
    }

    /// <summary>The type of that index, while the type section is still being read one before the reader's position.</summary>
    /// <exception cref="ModuleValidationException">There is none.</exception>
    public FuncType TypeAt(long index, int offset) =>
        index < Types.Length && Types[index] is { } type ? type : throw new ModuleValidationException($"unknown type {index}", offset);

    private int[] FindSlots()
    {
        var slots = new int[FunctionTypeIndices.Length];
        Array.Fill(slots, -1);
        for (var slot = 0; slot < ReferencedFunctions.Length; slot++)
        {
            slots[ReferencedFunctions[slot]] = slot;
        }

        return slots;
    }
}

/// <summary>A range of <see cref="ModuleDefinition.Bytes"/>.</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    public int End => Start + Length;
}

/// <param name="TypeIndex">For a function or tag import, the index of its type; otherwise 0.</param>
internal sealed record ImportDeclaration(string Module, string Name, ExternType Type, uint TypeIndex);

internal sealed record ExportDeclaration(string Name, ExternKind Kind, uint Index);

/// <summary>A constant expression including its final <c>end</c>. Evaluated by a small interpreter at instantiation.</summary>
// spec: valid-constant
internal readonly record struct ConstantExpression(ByteRange Code);

/// <param name="Code">The instructions after the local declarations, including the final <c>end</c>.</param>
/// <param name="Locals">Declared locals (parameters excluded), run-length encoded as in the binary.</param>
internal sealed record FunctionBody(ByteRange Code, LocalRun[] Locals);

internal readonly record struct LocalRun(uint Count, ValType Type);

internal enum SegmentMode : byte
{
    Active,
    Passive,
    Declarative,
}

/// <summary>An element segment; <see cref="FunctionIndices"/> is the short form, otherwise <see cref="Expressions"/>.</summary>
// spec: syntax-elem
internal sealed record ElementSegment(
    SegmentMode Mode,
    ValType Type,
    uint TableIndex,
    ConstantExpression Offset,
    uint[]? FunctionIndices,
    ConstantExpression[]? Expressions)
{
    public int Length => FunctionIndices?.Length ?? Expressions!.Length;
}

// spec: syntax-data
internal sealed record DataSegment(SegmentMode Mode, uint MemoryIndex, ConstantExpression Offset, ByteRange Content);
