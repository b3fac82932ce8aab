using System.Buffers.Binary;
using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

/// <summary>
/// One instruction as read by <see cref="InstructionReader"/>. <see cref="ImmediateKind"/> says which members an instruction has;
/// indices are well-formed numbers but only the validator knows that they exist.
/// </summary>
internal readonly struct Instruction
{
    public required OpcodeFacts Facts { get; init; }

    /// <summary>Where the opcode is in the module.</summary>
    public required int Offset { get; init; }

    public uint Index { get; init; }

    public uint SecondIndex { get; init; }

    public ulong Bits { get; init; }

    public ValType Type { get; init; }

    public BlockType Block { get; init; }

    public byte Lane { get; init; }

    /// <summary>Where the items of a label table or type list, or the bytes of a vector, are in the module.</summary>
    public ByteRange ItemBytes { get; init; }

    public Opcode Opcode => Facts.Opcode;

    public int I32 => (int)Bits;

    /// <summary>
    /// A cursor over the labels of <c>br_table</c>: <see cref="ByteCursor.ReadU32"/> yields <see cref="Index"/> of them and then the
    /// default label.
    /// </summary>
    public ByteCursor Items(ReadOnlySpan<byte> module) => new(module, ItemBytes);

    /// <summary>The sixteen bytes of a vector immediate, the first one lowest.</summary>
    public UInt128 Vector(ReadOnlySpan<byte> module) =>
        BinaryPrimitives.ReadUInt128LittleEndian(module.Slice(ItemBytes.Start, ItemBytes.Length));
}
