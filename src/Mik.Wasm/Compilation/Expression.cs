using System.Reflection.Metadata;
using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

internal enum ExpressionKind : byte
{
    /// <summary><see cref="Expression.Value"/> holds the bits.</summary>
    Constant,

    /// <summary><see cref="Expression.Value"/> is the WebAssembly local.</summary>
    Local,

    /// <summary><see cref="Expression.Value"/> is a CIL local that this expression alone owns.</summary>
    Temporary,

    Unary,
    Binary,

    /// <summary><see cref="Expression.Left"/> is the address, <see cref="Expression.Value"/> the offset, <see cref="Expression.Memory"/> the memory.</summary>
    Load,

    /// <summary><see cref="Expression.Value"/> is the global.</summary>
    Global,

    /// <summary>
    /// A vector instruction with one to three operands; <see cref="Expression.Value"/> is the offset of a load, or with
    /// <see cref="Expression.Upper"/> the lanes of a shuffle.
    /// </summary>
    Vector,
}

/// <summary>What keeps an expression from being evaluated later than the specification says.</summary>
[Flags]
internal enum Effects : byte
{
    None = 0,
    ReadsMemory = 1,
    ReadsGlobals = 2,
    MayTrap = 4,
}

/// <summary>
/// A value on the symbolic operand stack: a tree of operations without side effects that has not been emitted yet. Immutable.
/// </summary>
internal sealed class Expression
{
    private Expression(ExpressionKind kind, SignatureTypeCode type, long value)
    {
        Kind = kind;
        Type = type;
        Value = value;
        Size = 1;
    }

    public ExpressionKind Kind { get; }

    public SignatureTypeCode Type { get; }

    public Opcode Opcode { get; private init; }

    public Effects Effects { get; private init; }

    /// <summary>Nodes in the tree.</summary>
    public int Size { get; private init; }

    /// <summary>A set of the locals read, by index modulo 64: may name too many, never too few.</summary>
    public ulong LocalsRead { get; private init; }

    public long Value { get; }

    /// <summary>The upper half of a 128-bit constant or immediate.</summary>
    public long Upper { get; private init; }

    /// <summary>The lane a vector instruction names.</summary>
    public byte Lane { get; private init; }

    /// <summary>The memory a load reads.</summary>
    public uint Memory { get; private init; }

    public Expression? Left { get; private init; }

    public Expression? Right { get; private init; }

    public Expression? Third { get; private init; }

    /// <summary>Whether nothing that is emitted later can change the value.</summary>
    public bool IsSettled => Kind is ExpressionKind.Constant or ExpressionKind.Temporary;

    /// <summary>Whether evaluating it twice costs nothing.</summary>
    public bool IsSimple => Kind is ExpressionKind.Constant or ExpressionKind.Temporary or ExpressionKind.Local;

    public static Expression Constant(SignatureTypeCode type, long bits) => new(ExpressionKind.Constant, type, bits);

    public static Expression Temporary(SignatureTypeCode type, int index) => new(ExpressionKind.Temporary, type, index);

    public static Expression Local(SignatureTypeCode type, uint index) =>
        new(ExpressionKind.Local, type, index) { LocalsRead = LocalBit(index) };

    public static Expression Global(SignatureTypeCode type, uint index, bool isMutable) =>
        new(ExpressionKind.Global, type, index) { Effects = isMutable ? Effects.ReadsGlobals : Effects.None };

    public static Expression Unary(Opcode opcode, SignatureTypeCode type, Expression operand, bool mayTrap) =>
        new(ExpressionKind.Unary, type, 0)
        {
            Opcode = opcode,
            Left = operand,
            Effects = operand.Effects | (mayTrap ? Effects.MayTrap : Effects.None),
            LocalsRead = operand.LocalsRead,
            Size = operand.Size + 1,
        };

    public static Expression Binary(Opcode opcode, SignatureTypeCode type, Expression left, Expression right, bool mayTrap) =>
        new(ExpressionKind.Binary, type, 0)
        {
            Opcode = opcode,
            Left = left,
            Right = right,
            Effects = left.Effects | right.Effects | (mayTrap ? Effects.MayTrap : Effects.None),
            LocalsRead = left.LocalsRead | right.LocalsRead,
            Size = left.Size + right.Size + 1,
        };

    public static Expression Load(Opcode opcode, SignatureTypeCode type, Expression address, ulong offset, uint memory, bool mayTrap) =>
        new(ExpressionKind.Load, type, (long)offset)
        {
            Memory = memory,
            Opcode = opcode,
            Left = address,
            Effects = address.Effects | Effects.ReadsMemory | (mayTrap ? Effects.MayTrap : Effects.None),
            LocalsRead = address.LocalsRead,
            Size = address.Size + 1,
        };

    public static Expression VectorConstant(UInt128 bits) =>
        new(ExpressionKind.Constant, CilTypes.Vector, (long)(ulong)bits) { Upper = (long)(ulong)(bits >> 64) };

    /// <param name="opcode">Which instruction.</param>
    /// <param name="type">Of the result.</param>
    /// <param name="operands">One to three, deepest first.</param>
    /// <param name="immediate">The lanes of a shuffle or the offset of a load.</param>
    /// <param name="lane">The lane, where the instruction names one.</param>
    /// <param name="effects">Of the instruction itself.</param>
    /// <param name="memory">The memory a load reads.</param>
    public static Expression Vector(
        Opcode opcode,
        SignatureTypeCode type,
        ReadOnlySpan<Expression> operands,
        UInt128 immediate,
        byte lane,
        Effects effects,
        uint memory = 0)
    {
        var size = 1;
        var locals = 0UL;
        foreach (var operand in operands)
        {
            effects |= operand.Effects;
            locals |= operand.LocalsRead;
            size += operand.Size;
        }

        return new Expression(ExpressionKind.Vector, type, (long)(ulong)immediate)
        {
            Opcode = opcode,
            Upper = (long)(ulong)(immediate >> 64),
            Lane = lane,
            Memory = memory,
            Left = operands[0],
            Right = operands.Length > 1 ? operands[1] : null,
            Third = operands.Length > 2 ? operands[2] : null,
            Effects = effects,
            LocalsRead = locals,
            Size = size,
        };
    }

    public static ulong LocalBit(uint index) => 1UL << (int)(index & 63);
}
