using System.Numerics;
using Mik.Wasm.Runtime.Builtins;

namespace Mik.Wasm.Compilation;

/// <summary>Every .NET method that emitted code calls.</summary>
internal enum Builtin : byte
{
    TrapCreate,
    HostInvoke,

    MemoryGrow,
    MemoryCopy,
    MemoryFill,
    MemoryInit,
    DataDrop,

    TableGrow,
    TableFill,
    TableCopy,
    TableInit,
    ElemDrop,

    ExceptionCreate,
    ExceptionTag,
    ExceptionUnpack,
    ExceptionToReference,
    ExceptionFromReference,

    Keep,
    I32RemS,
    I64RemS,
    F32Min,
    F32Max,
    F64Min,
    F64Max,
    F32Nearest,
    F64Nearest,
    F32DemoteF64,
    F32SignalingNaN,
    F32Quiet,
    F64Quiet,
    I32RotlOpaque,
    I64RotlOpaque,
    F32ConvertI64U,
    F64ConvertI64U,
    I32TruncF32S,
    I32TruncF32U,
    I32TruncF64S,
    I32TruncF64U,
    I64TruncF32S,
    I64TruncF32U,
    I64TruncF64S,
    I64TruncF64U,

    I32Clz,
    I32Ctz,
    I32Popcnt,
    I32Rotl,
    I32Rotr,
    I64Clz,
    I64Ctz,
    I64Popcnt,
    I64Rotl,
    I64Rotr,

    F32Abs,
    F32Ceil,
    F32Floor,
    F32Trunc,
    F32Sqrt,
    F32Copysign,
    F64Abs,
    F64Ceil,
    F64Floor,
    F64Trunc,
    F64Sqrt,
    F64Copysign,

    I32ReinterpretF32,
    I64ReinterpretF64,
    F32ReinterpretI32,
    F64ReinterpretI64,
}

/// <summary>One row of <see cref="BuiltinTable"/>.</summary>
/// <param name="Builtin">Which one.</param>
/// <param name="Type">Declaring type.</param>
/// <param name="Name">Method name.</param>
/// <param name="Signature">
/// <c>parameters&gt;result</c>: n=nint, i=int, u=uint, I=long, U=ulong, f=float, F=double, x=Exception, o=object; no result is void.
/// </param>
internal sealed record BuiltinMethod(Builtin Builtin, Type Type, string Name, string Signature)
{
    public ReadOnlySpan<char> Parameters => Signature.AsSpan(0, Signature.IndexOf('>', StringComparison.Ordinal));

    public char? Result => Signature[^1] == '>' ? null : Signature[^1];
}

/// <summary>Where each <see cref="Builtin"/> is found and what it takes; spelled out because reflection would cost more than emission.</summary>
internal static class BuiltinTable
{
    private static readonly BuiltinMethod[] Rows =
    [
        new(Builtin.TrapCreate, typeof(TrapBuiltins), nameof(TrapBuiltins.Create), "ni>x"),
        new(Builtin.HostInvoke, typeof(HostBuiltins), nameof(HostBuiltins.Invoke), "nn>"),

        new(Builtin.MemoryGrow, typeof(MemoryBuiltins), nameof(MemoryBuiltins.Grow), "niI>I"),
        new(Builtin.MemoryCopy, typeof(MemoryBuiltins), nameof(MemoryBuiltins.Copy), "niiIII>"),
        new(Builtin.MemoryFill, typeof(MemoryBuiltins), nameof(MemoryBuiltins.Fill), "niIiI>"),
        new(Builtin.MemoryInit, typeof(MemoryBuiltins), nameof(MemoryBuiltins.Init), "niiIii>"),
        new(Builtin.DataDrop, typeof(MemoryBuiltins), nameof(MemoryBuiltins.DropData), "ni>"),

        new(Builtin.TableGrow, typeof(TableBuiltins), nameof(TableBuiltins.Grow), "niII>I"),
        new(Builtin.TableFill, typeof(TableBuiltins), nameof(TableBuiltins.Fill), "niIII>"),
        new(Builtin.TableCopy, typeof(TableBuiltins), nameof(TableBuiltins.Copy), "niiIII>"),
        new(Builtin.TableInit, typeof(TableBuiltins), nameof(TableBuiltins.Init), "niiIii>"),
        new(Builtin.ElemDrop, typeof(TableBuiltins), nameof(TableBuiltins.DropElement), "ni>"),

        new(Builtin.ExceptionCreate, typeof(ExceptionBuiltins), nameof(ExceptionBuiltins.Create), "ni>x"),
        new(Builtin.ExceptionTag, typeof(ExceptionBuiltins), nameof(ExceptionBuiltins.TagOf), "o>I"),
        new(Builtin.ExceptionUnpack, typeof(ExceptionBuiltins), nameof(ExceptionBuiltins.Unpack), "no>"),
        new(Builtin.ExceptionToReference, typeof(ExceptionBuiltins), nameof(ExceptionBuiltins.ToReference), "no>I"),
        new(Builtin.ExceptionFromReference, typeof(ExceptionBuiltins), nameof(ExceptionBuiltins.FromReference), "nI>x"),

        Numeric(Builtin.Keep, nameof(NumericBuiltins.Keep), "I>"),
        Numeric(Builtin.I32RemS, nameof(NumericBuiltins.I32RemS), "ii>i"),
        Numeric(Builtin.I64RemS, nameof(NumericBuiltins.I64RemS), "II>I"),
        Numeric(Builtin.F32Min, nameof(NumericBuiltins.F32Min), "ff>f"),
        Numeric(Builtin.F32Max, nameof(NumericBuiltins.F32Max), "ff>f"),
        Numeric(Builtin.F64Min, nameof(NumericBuiltins.F64Min), "FF>F"),
        Numeric(Builtin.F64Max, nameof(NumericBuiltins.F64Max), "FF>F"),
        Numeric(Builtin.F32Nearest, nameof(NumericBuiltins.F32Nearest), "f>f"),
        Numeric(Builtin.F64Nearest, nameof(NumericBuiltins.F64Nearest), "F>F"),
        Numeric(Builtin.F32DemoteF64, nameof(NumericBuiltins.F32DemoteF64), "F>f"),
        Numeric(Builtin.F32SignalingNaN, nameof(NumericBuiltins.F32SignalingNaN), "i>f"),
        Numeric(Builtin.F32Quiet, nameof(NumericBuiltins.F32Quiet), "f>f"),
        Numeric(Builtin.F64Quiet, nameof(NumericBuiltins.F64Quiet), "F>F"),
        Numeric(Builtin.I32RotlOpaque, nameof(NumericBuiltins.I32RotlOpaque), "ii>i"),
        Numeric(Builtin.I64RotlOpaque, nameof(NumericBuiltins.I64RotlOpaque), "Ii>I"),
        Numeric(Builtin.F32ConvertI64U, nameof(NumericBuiltins.F32ConvertI64U), "I>f"),
        Numeric(Builtin.F64ConvertI64U, nameof(NumericBuiltins.F64ConvertI64U), "I>F"),
        Numeric(Builtin.I32TruncF32S, nameof(NumericBuiltins.I32TruncF32S), "f>i"),
        Numeric(Builtin.I32TruncF32U, nameof(NumericBuiltins.I32TruncF32U), "f>i"),
        Numeric(Builtin.I32TruncF64S, nameof(NumericBuiltins.I32TruncF64S), "F>i"),
        Numeric(Builtin.I32TruncF64U, nameof(NumericBuiltins.I32TruncF64U), "F>i"),
        Numeric(Builtin.I64TruncF32S, nameof(NumericBuiltins.I64TruncF32S), "f>I"),
        Numeric(Builtin.I64TruncF32U, nameof(NumericBuiltins.I64TruncF32U), "f>I"),
        Numeric(Builtin.I64TruncF64S, nameof(NumericBuiltins.I64TruncF64S), "F>I"),
        Numeric(Builtin.I64TruncF64U, nameof(NumericBuiltins.I64TruncF64U), "F>I"),

        new(Builtin.I32Clz, typeof(BitOperations), nameof(BitOperations.LeadingZeroCount), "u>i"),
        new(Builtin.I32Ctz, typeof(BitOperations), nameof(BitOperations.TrailingZeroCount), "u>i"),
        new(Builtin.I32Popcnt, typeof(BitOperations), nameof(BitOperations.PopCount), "u>i"),
        new(Builtin.I32Rotl, typeof(BitOperations), nameof(BitOperations.RotateLeft), "ui>u"),
        new(Builtin.I32Rotr, typeof(BitOperations), nameof(BitOperations.RotateRight), "ui>u"),
        new(Builtin.I64Clz, typeof(BitOperations), nameof(BitOperations.LeadingZeroCount), "U>i"),
        new(Builtin.I64Ctz, typeof(BitOperations), nameof(BitOperations.TrailingZeroCount), "U>i"),
        new(Builtin.I64Popcnt, typeof(BitOperations), nameof(BitOperations.PopCount), "U>i"),
        new(Builtin.I64Rotl, typeof(BitOperations), nameof(BitOperations.RotateLeft), "Ui>U"),
        new(Builtin.I64Rotr, typeof(BitOperations), nameof(BitOperations.RotateRight), "Ui>U"),

        new(Builtin.F32Abs, typeof(MathF), nameof(MathF.Abs), "f>f"),
        new(Builtin.F32Ceil, typeof(MathF), nameof(MathF.Ceiling), "f>f"),
        new(Builtin.F32Floor, typeof(MathF), nameof(MathF.Floor), "f>f"),
        new(Builtin.F32Trunc, typeof(MathF), nameof(MathF.Truncate), "f>f"),
        new(Builtin.F32Sqrt, typeof(MathF), nameof(MathF.Sqrt), "f>f"),
        new(Builtin.F32Copysign, typeof(MathF), nameof(MathF.CopySign), "ff>f"),
        new(Builtin.F64Abs, typeof(Math), nameof(Math.Abs), "F>F"),
        new(Builtin.F64Ceil, typeof(Math), nameof(Math.Ceiling), "F>F"),
        new(Builtin.F64Floor, typeof(Math), nameof(Math.Floor), "F>F"),
        new(Builtin.F64Trunc, typeof(Math), nameof(Math.Truncate), "F>F"),
        new(Builtin.F64Sqrt, typeof(Math), nameof(Math.Sqrt), "F>F"),
        new(Builtin.F64Copysign, typeof(Math), nameof(Math.CopySign), "FF>F"),

        new(Builtin.I32ReinterpretF32, typeof(BitConverter), nameof(BitConverter.SingleToInt32Bits), "f>i"),
        new(Builtin.I64ReinterpretF64, typeof(BitConverter), nameof(BitConverter.DoubleToInt64Bits), "F>I"),
        new(Builtin.F32ReinterpretI32, typeof(BitConverter), nameof(BitConverter.Int32BitsToSingle), "i>f"),
        new(Builtin.F64ReinterpretI64, typeof(BitConverter), nameof(BitConverter.Int64BitsToDouble), "I>F"),
    ];

    private static readonly BuiltinMethod[] ByBuiltin = Index();

    public static ReadOnlySpan<BuiltinMethod> All => Rows;

    public static BuiltinMethod Of(Builtin builtin) => ByBuiltin[(int)builtin];

    private static BuiltinMethod Numeric(Builtin builtin, string name, string signature) =>
        new(builtin, typeof(NumericBuiltins), name, signature);

    private static BuiltinMethod[] Index()
    {
        var index = new BuiltinMethod[Rows.Length];
        foreach (var row in Rows)
        {
            index[(int)row.Builtin] = row;
        }

        return index;
    }
}
