using Mik.Wasm.Runtime;
using Mik.Wasm.Runtime.Builtins;
using Xunit;

namespace Mik.Wasm.Tests.Runtime.Builtins;

public sealed class NumericBuiltinsTests
{
    private static readonly float SignalingSingle = BitConverter.Int32BitsToSingle(0x7F80_0001);
    private static readonly double SignalingDouble = BitConverter.Int64BitsToDouble(0x7FF0_0000_0000_0001);

    [Fact]
    public void Remainder_by_minus_one_is_zero()
    {
        Assert.Equal(0, NumericBuiltins.I32RemS(int.MinValue, -1));
        Assert.Equal(0, NumericBuiltins.I64RemS(long.MinValue, -1));
        Assert.Equal(-1, NumericBuiltins.I32RemS(-7, 3));
        Assert.Throws<DivideByZeroException>(static () => NumericBuiltins.I64RemS(1, 0));
    }

    [Fact]
    public void Signalling_nan_is_quieted()
    {
        float[] singles =
        [
            NumericBuiltins.F32Min(SignalingSingle, 1), NumericBuiltins.F32Max(1, SignalingSingle), NumericBuiltins.F32Nearest(SignalingSingle),
            NumericBuiltins.F32Quiet(SignalingSingle), NumericBuiltins.F32DemoteF64(SignalingDouble),
        ];
        double[] doubles =
        [
            NumericBuiltins.F64Min(SignalingDouble, 1), NumericBuiltins.F64Max(1, SignalingDouble), NumericBuiltins.F64Nearest(SignalingDouble),
            NumericBuiltins.F64Quiet(SignalingDouble),
        ];

        Assert.All(singles, static s => Assert.Equal(0x7FC0_0000, BitConverter.SingleToInt32Bits(s) & 0x7FC0_0000));
        Assert.All(doubles, static d => Assert.Equal(0x7FF8_0000_0000_0000, BitConverter.DoubleToInt64Bits(d) & 0x7FF8_0000_0000_0000));
        Assert.Equal(0x7FA0_0000, BitConverter.SingleToInt32Bits(NumericBuiltins.F32SignalingNaN(0x7FA0_0000)));
    }

    [Fact]
    public void Minimum_and_maximum_tell_zeros_apart()
    {
        Assert.True(float.IsNegative(NumericBuiltins.F32Min(0f, -0f)));
        Assert.False(double.IsNegative(NumericBuiltins.F64Max(-0d, 0d)));
    }

    [Theory]
    [InlineData(0UL, 0f)]
    [InlineData(ulong.MaxValue, 18446744073709551616f)]
    [InlineData(0x8000_0080_0000_0000UL, 9223372036854775808f)]
    [InlineData(0x8000_0080_0000_0001UL, 9223373136366403584f)]
    [InlineData(0x8000_0180_0000_0000UL, 9223374235878031360f)]
    public void Unsigned_long_is_rounded_once(ulong value, float expected) =>
        Assert.Equal(expected, NumericBuiltins.F32ConvertI64U((long)value));

    [Theory]
    [InlineData(0x8000_0000_0000_0400UL, 9223372036854775808d)]
    [InlineData(0x8000_0000_0000_0401UL, 9223372036854777856d)]
    [InlineData(ulong.MaxValue, 18446744073709551616d)]
    public void Unsigned_long_is_rounded_once_to_double(ulong value, double expected) =>
        Assert.Equal(expected, NumericBuiltins.F64ConvertI64U((long)value));

    [Fact]
    public void Truncation_accepts_exactly_the_range()
    {
        Assert.Equal(int.MinValue, NumericBuiltins.I32TruncF64S(-2147483648.9));
        Assert.Equal(-1, NumericBuiltins.I32TruncF64U(4294967295.9));
        Assert.Equal(0, NumericBuiltins.I32TruncF32U(-0.9f));
        Assert.Equal(int.MinValue, NumericBuiltins.I32TruncF32S(-2147483648f));
        Assert.Equal(long.MinValue, NumericBuiltins.I64TruncF64S(-9223372036854775808d));
        Assert.Equal(unchecked((long)0xFFFF_FF00_0000_0000), NumericBuiltins.I64TruncF32U(18446742974197923840f));

        Assert.Equal(TrapCode.IntegerOverflow, Code(static () => NumericBuiltins.I32TruncF64S(2147483648d)));
        Assert.Equal(TrapCode.IntegerOverflow, Code(static () => NumericBuiltins.I32TruncF32S(-2147483904f)));
        Assert.Equal(TrapCode.IntegerOverflow, Code(static () => NumericBuiltins.I64TruncF64U(-1d)));
        Assert.Equal(TrapCode.IntegerOverflow, Code(static () => NumericBuiltins.I64TruncF32S(float.PositiveInfinity)));
        Assert.Equal(TrapCode.InvalidConversionToInteger, Code(static () => NumericBuiltins.I64TruncF32U(float.NaN)));
        Assert.Equal(TrapCode.InvalidConversionToInteger, Code(static () => NumericBuiltins.I32TruncF32U(SignalingSingle)));
    }

    private static TrapCode Code(Action action) => Assert.Throws<TrapException>(action).Code;
}
