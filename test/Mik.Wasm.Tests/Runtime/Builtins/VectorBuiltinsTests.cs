using System.Runtime.Intrinsics;
using Mik.Wasm.Runtime.Builtins;
using Xunit;

namespace Mik.Wasm.Tests.Runtime.Builtins;

/// <summary>Each builtin against the same thing said lane by lane. Some run only where the processor lacks an instruction.</summary>
public sealed class VectorBuiltinsTests
{
    private static readonly float[] Singles =
        [0, -0f, 1, -1, 2.5f, float.MaxValue, float.MinValue, float.Epsilon, float.PositiveInfinity, float.NegativeInfinity, float.NaN, -float.NaN];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bytes_and_halfwords(int seed)
    {
        var (a, b) = Operands(seed);

        AssertLanes(VectorBuiltins.Swizzle(a, b), i => b[i] < 16 ? a[b[i]] : (byte)0);
        AssertLanes(VectorBuiltins.I8x16Popcnt(a), i => (byte)byte.PopCount(a[i]));
        AssertLanes(VectorBuiltins.I8x16AvgrU(a, b), i => (byte)((a[i] + b[i] + 1) / 2));
        AssertLanes(VectorBuiltins.I8x16Abs(a), i => (byte)Math.Abs((int)(sbyte)a[i]));
        var (s, t) = (a.AsInt16(), b.AsInt16());
        AssertLanes(VectorBuiltins.I16x8AvgrU(a, b), i => (ushort)((a.AsUInt16()[i] + b.AsUInt16()[i] + 1) / 2));
        AssertLanes(VectorBuiltins.I16x8Abs(a), i => (short)Math.Abs((int)s[i]));
        AssertLanes(VectorBuiltins.I16x8Q15MulrSatS(a, b), i => (short)Math.Min(((s[i] * t[i]) + 0x4000) >> 15, short.MaxValue));
        AssertLanes(VectorBuiltins.I16x8DotI8x16S(a, b), i => (short)(((sbyte)a[2 * i] * (sbyte)b[2 * i]) + ((sbyte)a[(2 * i) + 1] * (sbyte)b[(2 * i) + 1])));
        AssertLanes(VectorBuiltins.I8x16NarrowI16x8U(a, b), i => (byte)Math.Clamp((i < 8 ? s : t)[i % 8], (short)0, (short)255));
        AssertLanes(VectorBuiltins.I16x8ExtaddPairwiseI8x16S(a), i => (short)((sbyte)a[2 * i] + (sbyte)a[(2 * i) + 1]));
        AssertLanes(VectorBuiltins.I16x8ExtaddPairwiseI8x16U(a), i => (short)(a[2 * i] + a[(2 * i) + 1]));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Words_and_doublewords(int seed)
    {
        var (a, b) = Operands(seed);
        var (s, t) = (a.AsInt16(), b.AsInt16());
        var (i32, j32) = (a.AsInt32(), b.AsInt32());
        var (u32, v32) = (a.AsUInt32(), b.AsUInt32());

        AssertLanes(VectorBuiltins.I32x4Abs(a), i => i32[i] < 0 ? unchecked(-i32[i]) : i32[i]);
        AssertLanes(VectorBuiltins.I64x2Abs(a), i => a.AsInt64()[i] < 0 ? unchecked(-a.AsInt64()[i]) : a.AsInt64()[i]);
        AssertLanes(VectorBuiltins.I32x4DotI16x8S(a, b), i => unchecked((s[2 * i] * t[2 * i]) + (s[(2 * i) + 1] * t[(2 * i) + 1])));
        AssertLanes(VectorBuiltins.I16x8NarrowI32x4U(a, b), i => (ushort)Math.Clamp((i < 4 ? i32 : j32)[i % 4], 0, 65535));
        AssertLanes(VectorBuiltins.I32x4ExtaddPairwiseI16x8S(a), i => s[2 * i] + s[(2 * i) + 1]);
        AssertLanes(VectorBuiltins.I32x4ExtaddPairwiseI16x8U(a), i => (ushort)s[2 * i] + (ushort)s[(2 * i) + 1]);
        AssertLanes(VectorBuiltins.I64x2ExtmulLowI32x4S(a, b), i => (long)i32[i] * j32[i]);
        AssertLanes(VectorBuiltins.I64x2ExtmulHighI32x4S(a, b), i => (long)i32[i + 2] * j32[i + 2]);
        AssertLanes(VectorBuiltins.I64x2ExtmulLowI32x4U(a, b), i => (ulong)u32[i] * v32[i]);
        AssertLanes(VectorBuiltins.I64x2ExtmulHighI32x4U(a, b), i => (ulong)u32[i + 2] * v32[i + 2]);
        AssertLanes(VectorBuiltins.F64x2ConvertLowI32x4S(a), i => (double)i32[i]);
        AssertLanes(VectorBuiltins.F64x2ConvertLowI32x4U(a), i => (double)u32[i]);
        var sum = VectorBuiltins.I32x4DotI8x16AddS(a, b, a).AsInt32();
        var products = VectorBuiltins.I16x8DotI8x16S(a, b).AsInt16();
        AssertLanes(sum.AsByte(), i => unchecked(products[2 * i] + products[(2 * i) + 1] + i32[i]));
    }

    [Fact]
    public void Floats_agree_with_the_scalar_instructions()
    {
        foreach (var x in Singles)
        {
            foreach (var y in Singles)
            {
                var (a, b) = (Vector128.Create(x).AsByte(), Vector128.Create(y).AsByte());
                AssertSame(NumericBuiltins.F32Min(x, y), VectorBuiltins.F32x4Min(a, b));
                AssertSame(NumericBuiltins.F32Max(x, y), VectorBuiltins.F32x4Max(a, b));
                AssertSame(x < y ? x : y, VectorBuiltins.F32x4FirstIfLess(a, b));
                AssertSame(x > y ? x : y, VectorBuiltins.F32x4FirstIfGreater(a, b));
                var (c, d) = (Vector128.Create((double)x).AsByte(), Vector128.Create((double)y).AsByte());
                AssertSame(NumericBuiltins.F64Min(x, y), VectorBuiltins.F64x2Min(c, d));
                AssertSame(NumericBuiltins.F64Max(x, y), VectorBuiltins.F64x2Max(c, d));
                AssertSame(x < y ? x : (double)y, VectorBuiltins.F64x2FirstIfLess(c, d));
                AssertSame(x > y ? x : (double)y, VectorBuiltins.F64x2FirstIfGreater(c, d));
            }

            var wide = Vector128.Create((double)x).AsByte();
            AssertLanes(VectorBuiltins.I32x4TruncSatF64x2SZero(wide), i => i < 2 ? (int)(double)x : 0);
            AssertLanes(VectorBuiltins.I32x4TruncSatF64x2UZero(wide), i => i < 2 ? (uint)(double)x : 0);
            AssertLanes(VectorBuiltins.F32x4DemoteF64x2Zero(wide), i => i < 2 ? BitConverter.SingleToInt32Bits(x) : 0);
        }
    }

    [Fact]
    public void Signalling_nan_is_quieted()
    {
        var singles = Vector128.Create(0x7F80_0001, 0x3F80_0000, 0x7F80_0001, 0);
        var doubles = Vector128.Create(0x7FF0_0000_0000_0001, 0x3FF0_0000_0000_0000);

        Assert.Equal(Vector128.Create(0x7FC0_0001, 0x3F80_0000, 0x7FC0_0001, 0), VectorBuiltins.F32x4Quiet(singles.AsByte()).AsInt32());
        Assert.Equal(Vector128.Create(0x7FF8_0000_0000_0001, 0x3FF0_0000_0000_0000), VectorBuiltins.F64x2Quiet(doubles.AsByte()).AsInt64());
        Assert.Equal(0x7FC0_0000, VectorBuiltins.F32x4Min(singles.AsByte(), default).AsInt32()[0] & 0x7FC0_0000);
        Assert.Equal(0x7FC0_0000, VectorBuiltins.F32x4Max(default, singles.AsByte()).AsInt32()[0] & 0x7FC0_0000);
    }

    private static (Vector128<byte> A, Vector128<byte> B) Operands(int seed)
    {
        var random = new Random(seed);
        Span<byte> bytes = stackalloc byte[32];
        random.NextBytes(bytes);

        // Extremes in every lane width.
        if (seed % 2 == 0)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)(random.Next(3) switch { 0 => i % 2 == 0 ? 0 : 0x80, 1 => 0xFF, _ => bytes[i] % 32 });
            }
        }

        return (Vector128.Create<byte>(bytes[..16]), Vector128.Create<byte>(bytes[16..]));
    }

    private static void AssertLanes<T>(Vector128<byte> actual, Func<int, T> expected)
    {
        for (var i = 0; i < Vector128<T>.Count; i++)
        {
            Assert.Equal(expected(i), actual.As<byte, T>()[i]);
        }
    }

    private static void AssertSame(float expected, Vector128<byte> actual) =>
        AssertLanes(actual, _ => BitConverter.SingleToInt32Bits(expected));

    private static void AssertSame(double expected, Vector128<byte> actual) =>
        AssertLanes(actual, _ => BitConverter.DoubleToInt64Bits(expected));
}
