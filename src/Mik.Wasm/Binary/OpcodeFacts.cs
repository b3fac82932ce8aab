using System.Collections.Immutable;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

/// <summary>One row of <see cref="OpcodeTable"/>.</summary>
/// <param name="Opcode">Which instruction.</param>
/// <param name="Mnemonic">Its name in the text format.</param>
/// <param name="Immediate">What follows the opcode in the binary.</param>
/// <param name="IsRegular">
/// Whether <paramref name="Operands"/> and <paramref name="Results"/> are its whole type; both are empty otherwise.
/// </param>
/// <param name="Operands">Operand types, deepest first.</param>
/// <param name="Results">Result types.</param>
/// <param name="NaturalAlignment">For loads and stores, log2 of the access width in bytes; for other lane instructions, of the lane's.</param>
/// <param name="Feature">The proposal it belongs to; <see cref="WasmFeatures.None"/> for what WebAssembly 2.0 has.</param>
internal sealed record OpcodeFacts(
    Opcode Opcode,
    string Mnemonic,
    ImmediateKind Immediate,
    bool IsRegular,
    ImmutableArray<ValType> Operands,
    ImmutableArray<ValType> Results,
    byte NaturalAlignment,
    WasmFeatures Feature)
{
    /// <summary>The byte before the bulk memory and saturating conversion opcodes.</summary>
    public const byte Prefix = 0xFC;

    /// <summary>The byte before the vector opcodes.</summary>
    public const byte VectorPrefix = 0xFD;

    /// <summary>How many lanes a vector has for an instruction that names one of them.</summary>
    public int LaneCount => 16 >> NaturalAlignment;
}

/// <summary>What follows an opcode; <see cref="Instruction"/> says where each part ends up.</summary>
internal enum ImmediateKind : byte
{
    None,

    /// <summary><see cref="Instruction.Block"/>.</summary>
    BlockType,

    /// <summary><see cref="Instruction.Index"/> is the label.</summary>
    Label,

    /// <summary><see cref="Instruction.Index"/> is the number of labels before the default one; read them with
    /// <see cref="Instruction.Items"/>, which yields the default last.</summary>
    LabelTable,

    /// <summary><see cref="Instruction.Index"/> is the function.</summary>
    Function,

    /// <summary><see cref="Instruction.Index"/> is the type, <see cref="Instruction.SecondIndex"/> the table.</summary>
    TypeAndTable,

    /// <summary><see cref="Instruction.Index"/> is the number of types; <see cref="Instruction.Type"/> is the first.</summary>
    ValueTypes,

    /// <summary><see cref="Instruction.Index"/> is the local.</summary>
    Local,

    /// <summary><see cref="Instruction.Index"/> is the global.</summary>
    Global,

    /// <summary><see cref="Instruction.Index"/> is the table.</summary>
    Table,

    /// <summary>
    /// <see cref="Instruction.Index"/> is log2 of the alignment, <see cref="Instruction.SecondIndex"/> the memory,
    /// <see cref="Instruction.Bits"/> the offset.
    /// </summary>
    MemoryArgument,

    /// <summary><see cref="Instruction.Index"/> is the memory.</summary>
    Memory,

    /// <summary><see cref="Instruction.Index"/> is the destination memory, <see cref="Instruction.SecondIndex"/> the source.</summary>
    TwoMemories,

    /// <summary><see cref="Instruction.Index"/> is the data segment, <see cref="Instruction.SecondIndex"/> the memory.</summary>
    DataAndMemory,

    /// <summary><see cref="Instruction.Index"/> is the data segment.</summary>
    Data,

    /// <summary><see cref="Instruction.Index"/> is the element segment, <see cref="Instruction.SecondIndex"/> the table.</summary>
    ElementAndTable,

    /// <summary><see cref="Instruction.Index"/> is the element segment.</summary>
    Element,

    /// <summary><see cref="Instruction.Index"/> is the destination table, <see cref="Instruction.SecondIndex"/> the source.</summary>
    TwoTables,

    /// <summary><see cref="Instruction.Type"/> is the nullable reference to it.</summary>
    HeapType,

    /// <summary><see cref="Instruction.Index"/> is the type.</summary>
    Type,

    /// <summary><see cref="Instruction.Index"/> is the tag.</summary>
    Tag,

    /// <summary>
    /// <see cref="Instruction.Block"/>, and <see cref="Instruction.Index"/> is the number of clauses; read them with
    /// <see cref="CatchClause.Of"/>.
    /// </summary>
    BlockTypeAndCatches,

    /// <summary><see cref="Instruction.Bits"/> holds the value in its low half, <see cref="Instruction.I32"/> the value.</summary>
    I32,

    /// <summary><see cref="Instruction.Bits"/> holds the value.</summary>
    I64,

    /// <summary><see cref="Instruction.Bits"/> holds the value's bits in its low half.</summary>
    F32,

    /// <summary><see cref="Instruction.Bits"/> holds the value's bits.</summary>
    F64,

    /// <summary><see cref="Instruction.ItemBytes"/> are the sixteen bytes of the value; see <see cref="Instruction.Vector"/>.</summary>
    V128,

    /// <summary><see cref="Instruction.ItemBytes"/> are sixteen lane numbers; see <see cref="Instruction.Vector"/>.</summary>
    Shuffle,

    /// <summary><see cref="Instruction.Lane"/> is the lane.</summary>
    Lane,

    /// <summary>As <see cref="MemoryArgument"/>, and <see cref="Instruction.Lane"/> is the lane.</summary>
    MemoryArgumentAndLane,
}
