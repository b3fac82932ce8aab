using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mik.Wasm.Runtime.Builtins;

/// <summary>
/// Vector instructions that no single method of the framework does exactly, or none on every processor. Named after their mnemonics;
/// every operand and result is the whole vector. The JIT drops the branches for other processors.
/// </summary>
internal static class VectorBuiltins
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Takes a value nobody wants; see <see cref="NumericBuiltins.Keep"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Keep(Vector128<byte> value)
    {
    }

    // A lane number of 16 or more selects zero. x86 looks at four bits and the highest, which saturation sets for all of those.
    // spec: op-swizzle
    [MethodImpl(Inline)]
    public static Vector128<byte> Swizzle(Vector128<byte> value, Vector128<byte> lanes) => Ssse3.IsSupported
        ? Ssse3.Shuffle(value, Sse2.AddSaturate(lanes, Vector128.Create((byte)0x70)))
        : Vector128.Shuffle(value, lanes);

    // spec: op-iabs
    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Abs(Vector128<byte> value)
    {
        var sign = value.AsSByte() >> 7;
        return ((value.AsSByte() ^ sign) - sign).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Abs(Vector128<byte> value)
    {
        var sign = value.AsInt16() >> 15;
        return ((value.AsInt16() ^ sign) - sign).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4Abs(Vector128<byte> value)
    {
        var sign = value.AsInt32() >> 31;
        return ((value.AsInt32() ^ sign) - sign).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2Abs(Vector128<byte> value)
    {
        var sign = value.AsInt64() >> 63;
        return ((value.AsInt64() ^ sign) - sign).AsByte();
    }

    // spec: op-ipopcnt
    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16Popcnt(Vector128<byte> value)
    {
        var pairs = value - ((value >> 1) & Vector128.Create((byte)0x55));
        var nibbles = (pairs & Vector128.Create((byte)0x33)) + ((pairs >> 2) & Vector128.Create((byte)0x33));
        return (nibbles + (nibbles >> 4)) & Vector128.Create((byte)0x0F);
    }

    // The sum is twice what both have in common plus what they differ in.
    // spec: op-iavgr
    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16AvgrU(Vector128<byte> left, Vector128<byte> right) => (left | right) - ((left ^ right) >> 1);

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8AvgrU(Vector128<byte> left, Vector128<byte> right) =>
        ((left | right).AsUInt16() - ((left ^ right).AsUInt16() >> 1)).AsByte();

    // spec: op-iq15mulrsat
    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8Q15MulrSatS(Vector128<byte> left, Vector128<byte> right)
    {
        if (Ssse3.IsSupported)
        {
            // Only the square of -1 leaves the range; the instruction makes it -1.
            var product = Ssse3.MultiplyHighRoundScale(left.AsInt16(), right.AsInt16());
            return (product ^ Vector128.Equals(product, Vector128.Create(short.MinValue))).AsByte();
        }

        var rounding = Vector128.Create(1 << 14);
        var low = ((Vector128.WidenLower(left.AsInt16()) * Vector128.WidenLower(right.AsInt16())) + rounding) >> 15;
        var high = ((Vector128.WidenUpper(left.AsInt16()) * Vector128.WidenUpper(right.AsInt16())) + rounding) >> 15;
        return Vector128.NarrowWithSaturation(low, high).AsByte();
    }

    // The even lanes are the lower halves of lanes twice as wide, the odd ones the upper.
    // spec: op-idot
    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4DotI16x8S(Vector128<byte> left, Vector128<byte> right)
    {
        var (a, b) = (left.AsInt32(), right.AsInt32());
        return ((((a << 16) >> 16) * ((b << 16) >> 16)) + ((a >> 16) * (b >> 16))).AsByte();
    }

    /// <summary>Sums of two products of bytes, wrapping in 16 bits.</summary>
    // spec: op-irelaxeddot
    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8DotI8x16S(Vector128<byte> left, Vector128<byte> right)
    {
        var (a, b) = (left.AsInt16(), right.AsInt16());
        return ((((a << 8) >> 8) * ((b << 8) >> 8)) + ((a >> 8) * (b >> 8))).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4DotI8x16AddS(Vector128<byte> left, Vector128<byte> right, Vector128<byte> sum) =>
        (I32x4ExtaddPairwiseI16x8S(I16x8DotI8x16S(left, right)).AsInt32() + sum.AsInt32()).AsByte();

    // spec: op-narrow
    [MethodImpl(Inline)]
    public static Vector128<byte> I8x16NarrowI16x8U(Vector128<byte> low, Vector128<byte> high) => Vector128.NarrowWithSaturation(
        Vector128.Max(low.AsInt16(), Vector128<short>.Zero).AsUInt16(),
        Vector128.Max(high.AsInt16(), Vector128<short>.Zero).AsUInt16());

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8NarrowI32x4U(Vector128<byte> low, Vector128<byte> high) => Vector128.NarrowWithSaturation(
        Vector128.Max(low.AsInt32(), Vector128<int>.Zero).AsUInt32(),
        Vector128.Max(high.AsInt32(), Vector128<int>.Zero).AsUInt32()).AsByte();

    // x86 multiplies the even lanes.
    // spec: op-extmul
    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtmulLowI32x4S(Vector128<byte> left, Vector128<byte> right) => Sse41.IsSupported
        ? Sse41.Multiply(Sse2.Shuffle(left.AsInt32(), 0b01_01_00_00), Sse2.Shuffle(right.AsInt32(), 0b01_01_00_00)).AsByte()
        : (Vector128.WidenLower(left.AsInt32()) * Vector128.WidenLower(right.AsInt32())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtmulHighI32x4S(Vector128<byte> left, Vector128<byte> right) => Sse41.IsSupported
        ? Sse41.Multiply(Sse2.Shuffle(left.AsInt32(), 0b11_11_10_10), Sse2.Shuffle(right.AsInt32(), 0b11_11_10_10)).AsByte()
        : (Vector128.WidenUpper(left.AsInt32()) * Vector128.WidenUpper(right.AsInt32())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtmulLowI32x4U(Vector128<byte> left, Vector128<byte> right) => Sse2.IsSupported
        ? Sse2.Multiply(Sse2.Shuffle(left.AsUInt32(), 0b01_01_00_00), Sse2.Shuffle(right.AsUInt32(), 0b01_01_00_00)).AsByte()
        : (Vector128.WidenLower(left.AsUInt32()) * Vector128.WidenLower(right.AsUInt32())).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I64x2ExtmulHighI32x4U(Vector128<byte> left, Vector128<byte> right) => Sse2.IsSupported
        ? Sse2.Multiply(Sse2.Shuffle(left.AsUInt32(), 0b11_11_10_10), Sse2.Shuffle(right.AsUInt32(), 0b11_11_10_10)).AsByte()
        : (Vector128.WidenUpper(left.AsUInt32()) * Vector128.WidenUpper(right.AsUInt32())).AsByte();

    // spec: op-iextadd_pairwise
    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtaddPairwiseI8x16S(Vector128<byte> value) => Ssse3.IsSupported
        ? Ssse3.MultiplyAddAdjacent(Vector128.Create((byte)1), value.AsSByte()).AsByte()
        : (((value.AsInt16() << 8) >> 8) + (value.AsInt16() >> 8)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I16x8ExtaddPairwiseI8x16U(Vector128<byte> value) => Ssse3.IsSupported
        ? Ssse3.MultiplyAddAdjacent(value, Vector128.Create((sbyte)1)).AsByte()
        : ((value.AsUInt16() & Vector128.Create((ushort)0xFF)) + (value.AsUInt16() >> 8)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtaddPairwiseI16x8S(Vector128<byte> value) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(value.AsInt16(), Vector128.Create((short)1)).AsByte()
        : (((value.AsInt32() << 16) >> 16) + (value.AsInt32() >> 16)).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4ExtaddPairwiseI16x8U(Vector128<byte> value) =>
        ((value.AsUInt32() & Vector128.Create(0xFFFFu)) + (value.AsUInt32() >> 16)).AsByte();

    // Equal operands differ at most in the sign of zero; adding quiets a NaN.
    // spec: op-fmin
    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Min(Vector128<byte> left, Vector128<byte> right)
    {
        var (a, b) = (left.AsSingle(), right.AsSingle());
        return Choose(Vector128.LessThan(a, b), a, Vector128.LessThan(b, a), b, Vector128.Equals(a, b), a | b, a + b).AsByte();
    }

    // spec: op-fmax
    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Max(Vector128<byte> left, Vector128<byte> right)
    {
        var (a, b) = (left.AsSingle(), right.AsSingle());
        return Choose(Vector128.GreaterThan(a, b), a, Vector128.GreaterThan(b, a), b, Vector128.Equals(a, b), a & b, a + b).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Min(Vector128<byte> left, Vector128<byte> right)
    {
        var (a, b) = (left.AsDouble(), right.AsDouble());
        return Choose(Vector128.LessThan(a, b), a, Vector128.LessThan(b, a), b, Vector128.Equals(a, b), a | b, a + b).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Max(Vector128<byte> left, Vector128<byte> right)
    {
        var (a, b) = (left.AsDouble(), right.AsDouble());
        return Choose(Vector128.GreaterThan(a, b), a, Vector128.GreaterThan(b, a), b, Vector128.Equals(a, b), a & b, a + b).AsByte();
    }

    /// <summary>Lanes of the first operand where they are less, otherwise of the second.</summary>
    // spec: op-fpmin
    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4FirstIfLess(Vector128<byte> left, Vector128<byte> right) =>
        Vector128.ConditionalSelect(Vector128.LessThan(left.AsSingle(), right.AsSingle()).AsByte(), left, right);

    // spec: op-fpmax
    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4FirstIfGreater(Vector128<byte> left, Vector128<byte> right) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(left.AsSingle(), right.AsSingle()).AsByte(), left, right);

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2FirstIfLess(Vector128<byte> left, Vector128<byte> right) =>
        Vector128.ConditionalSelect(Vector128.LessThan(left.AsDouble(), right.AsDouble()).AsByte(), left, right);

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2FirstIfGreater(Vector128<byte> left, Vector128<byte> right) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(left.AsDouble(), right.AsDouble()).AsByte(), left, right);

    /// <summary>The same numbers, with quiet NaNs.</summary>
    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4Quiet(Vector128<byte> value)
    {
        var numbers = value.AsSingle();
        return Vector128.ConditionalSelect(Vector128.Equals(numbers, numbers), numbers, numbers + numbers).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2Quiet(Vector128<byte> value)
    {
        var numbers = value.AsDouble();
        return Vector128.ConditionalSelect(Vector128.Equals(numbers, numbers), numbers, numbers + numbers).AsByte();
    }

    // C#'s casts saturate and make 0 of a NaN.
    // spec: op-trunc_sat
    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4TruncSatF64x2SZero(Vector128<byte> value) =>
        Vector128.Create((int)value.AsDouble()[0], (int)value.AsDouble()[1], 0, 0).AsByte();

    [MethodImpl(Inline)]
    public static Vector128<byte> I32x4TruncSatF64x2UZero(Vector128<byte> value) =>
        Vector128.Create((uint)value.AsDouble()[0], (uint)value.AsDouble()[1], 0, 0).AsByte();

    // An integer in the fraction of 2**52 is that much more than 2**52; the bias makes negative ones positive.
    // spec: op-convert
    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2ConvertLowI32x4S(Vector128<byte> value)
    {
        var biased = Vector128.WidenLower(value.AsUInt32() ^ Vector128.Create(0x8000_0000));
        return ((biased | Vector128.Create(0x4330_0000_0000_0000UL)).AsDouble() - Vector128.Create(4503601774854144d)).AsByte();
    }

    [MethodImpl(Inline)]
    public static Vector128<byte> F64x2ConvertLowI32x4U(Vector128<byte> value)
    {
        var wide = Vector128.WidenLower(value.AsUInt32());
        return ((wide | Vector128.Create(0x4330_0000_0000_0000UL)).AsDouble() - Vector128.Create(4503599627370496d)).AsByte();
    }

    // spec: op-demote
    [MethodImpl(Inline)]
    public static Vector128<byte> F32x4DemoteF64x2Zero(Vector128<byte> value) => Vector128.Create(
        NumericBuiltins.F32DemoteF64(value.AsDouble()[0]), NumericBuiltins.F32DemoteF64(value.AsDouble()[1]), 0, 0).AsByte();

    [MethodImpl(Inline)]
    private static Vector128<T> Choose<T>(
        Vector128<T> isFirst, Vector128<T> first, Vector128<T> isSecond, Vector128<T> second, Vector128<T> isEqual, Vector128<T> equal, Vector128<T> otherwise) =>
        Vector128.ConditionalSelect(
            isFirst, first, Vector128.ConditionalSelect(isSecond, second, Vector128.ConditionalSelect(isEqual, equal, otherwise)));
}
