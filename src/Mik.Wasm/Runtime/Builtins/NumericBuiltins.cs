using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mik.Wasm.Runtime.Builtins;

/// <summary>Numeric instructions that no CIL instruction and no framework method does exactly. Named after their mnemonics.</summary>
internal static class NumericBuiltins
{
    // The framework's `%` raises an overflow for the one case in which WebAssembly defines the result as 0.
    // spec: op-irem_s
    public static int I32RemS(int left, int right) => right == -1 ? 0 : left % right;

    public static long I64RemS(long left, long right) => right == -1 ? 0 : left % right;

    // Not Math.Min: it passes a signalling NaN through, and the JIT (.NET 10) takes the minimum of two zeros wrongly when it knows one.
    // Equal operands differ at most in the sign of zero; adding quiets a NaN.
    // spec: op-fmin
    public static float F32Min(float left, float right)
    {
        if (left < right)
        {
            return left;
        }

        if (right < left)
        {
            return right;
        }

        return left == right ? BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(left) | BitConverter.SingleToInt32Bits(right)) : left + right;
    }

    // spec: op-fmax
    public static float F32Max(float left, float right)
    {
        if (left > right)
        {
            return left;
        }

        if (right > left)
        {
            return right;
        }

        return left == right ? BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(left) & BitConverter.SingleToInt32Bits(right)) : left + right;
    }

    public static double F64Min(double left, double right)
    {
        if (left < right)
        {
            return left;
        }

        if (right < left)
        {
            return right;
        }

        return left == right ? BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(left) | BitConverter.DoubleToInt64Bits(right)) : left + right;
    }

    public static double F64Max(double left, double right)
    {
        if (left > right)
        {
            return left;
        }

        if (right > left)
        {
            return right;
        }

        return left == right ? BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(left) & BitConverter.DoubleToInt64Bits(right)) : left + right;
    }

    // The software rounding that unoptimised code runs passes a signalling NaN through; adding quiets it.
    // spec: op-fnearest
    public static float F32Nearest(float value) => float.IsNaN(value) ? value + value : MathF.Round(value);

    public static double F64Nearest(double value) => double.IsNaN(value) ? value + value : Math.Round(value);

    // The JIT drops a widening and narrowing pair of casts, and with it the quieting of a NaN; adding quiets it.
    // spec: op-demote
    public static float F32DemoteF64(double value) => double.IsNaN(value) ? (float)(value + value) : (float)value;

    /// <summary>
    /// The result of an operation that leaves every number as it is, such as a multiplication by one: the JIT drops the operation
    /// and with it the quieting of a NaN.
    /// </summary>
    public static float F32Quiet(float value) => float.IsNaN(value) ? value + value : value;

    public static double F64Quiet(double value) => double.IsNaN(value) ? value + value : value;

    /// <summary>A constant that is a signalling NaN: the JIT quiets it when it sees the bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float F32SignalingNaN(int bits) => BitConverter.Int32BitsToSingle(bits);

    // A cast from ulong may round twice. Halving with a sticky low bit keeps every bit that decides the rounding.
    // spec: op-convert_u
    public static float F32ConvertI64U(long value) => value >= 0 ? value : (float)Halve(value) * 2;

    public static double F64ConvertI64U(long value) => value >= 0 ? value : (double)Halve(value) * 2;

    // The bounds of the trunc family are the nearest floats outside the range, so comparisons are exact; NaN fails them too.
    // spec: op-trunc_s
    public static int I32TruncF32S(float value) =>
        value is >= -2147483648f and < 2147483648f ? (int)value : throw Unconvertible(value);

    // spec: op-trunc_u
    public static int I32TruncF32U(float value) =>
        value is > -1f and < 4294967296f ? (int)(uint)value : throw Unconvertible(value);

    public static int I32TruncF64S(double value) =>
        value is > -2147483649d and < 2147483648d ? (int)value : throw Unconvertible(value);

    public static int I32TruncF64U(double value) =>
        value is > -1d and < 4294967296d ? (int)(uint)value : throw Unconvertible(value);

    public static long I64TruncF32S(float value) =>
        value is >= -9223372036854775808f and < 9223372036854775808f ? (long)value : throw Unconvertible(value);

    public static long I64TruncF32U(float value) =>
        value is > -1f and < 18446744073709551616f ? (long)(ulong)value : throw Unconvertible(value);

    public static long I64TruncF64S(double value) =>
        value is >= -9223372036854775808d and < 9223372036854775808d ? (long)value : throw Unconvertible(value);

    public static long I64TruncF64U(double value) =>
        value is > -1d and < 18446744073709551616d ? (long)(ulong)value : throw Unconvertible(value);

    /// <summary>
    /// Takes a value nobody wants, so that the load it came from happens in full: the JIT would narrow an unused one, and a load
    /// that straddles the end of memory might then not trap.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Keep(long value)
    {
    }

    // Rotations whose result the JIT must not see as one; the compiler says when.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int I32RotlOpaque(int value, int count) => (int)BitOperations.RotateLeft((uint)value, count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long I64RotlOpaque(long value, int count) => (long)BitOperations.RotateLeft((ulong)value, count);

    private static long Halve(long value) => (long)((ulong)value >> 1) | (value & 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TrapException Unconvertible(double value) =>
        new(double.IsNaN(value) ? TrapCode.InvalidConversionToInteger : TrapCode.IntegerOverflow);
}
