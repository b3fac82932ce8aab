using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.CanonicalAbi;

/// <summary>Every type's bytes in memory and its core values, both ways.</summary>
public sealed class StoringTests
{
    public static TheoryData<string> Names => [.. Cases.Keys];

    private static Dictionary<string, Case> Cases { get; } = new()
    {
        ["true"] = new(WitType.Bool, ComponentValue.Bool(true), "01", [1]),
        ["u8"] = new(WitType.U8, ComponentValue.U32(200), "C8", [200]),
        ["s8"] = new(WitType.S8, ComponentValue.Signed(-2), "FE", [0xFFFF_FFFE]),
        ["u16"] = new(WitType.U16, ComponentValue.U32(0xABCD), "CDAB", [0xABCD]),
        ["s16"] = new(WitType.S16, ComponentValue.Signed(-2), "FEFF", [0xFFFF_FFFE]),
        ["u32"] = new(WitType.U32, ComponentValue.U32(0x01020304), "04030201", [0x01020304]),
        ["s32"] = new(WitType.S32, ComponentValue.Signed(-1), "FFFFFFFF", [0xFFFF_FFFF]),
        ["u64"] = new(WitType.U64, ComponentValue.U64(ulong.MaxValue - 1), "FEFFFFFFFFFFFFFF", [ulong.MaxValue - 1]),
        ["s64"] = new(WitType.S64, ComponentValue.Signed(-1), "FFFFFFFFFFFFFFFF", [ulong.MaxValue]),
        ["f32"] = new(WitType.F32, ComponentValue.Scalar(0x3F80_0000), "0000803F", [0x3F80_0000]),
        ["f64"] = new(WitType.F64, ComponentValue.Scalar(0x3FF0_0000_0000_0000), "000000000000F03F", [0x3FF0_0000_0000_0000]),
        ["char"] = new(WitType.Char, ComponentValue.U32(0x1F600), "00F60100", [0x1F600]),
        ["record"] = new(
            WitType.Record(new("a", WitType.U8), new("b", WitType.U32)),
            ComponentValue.Values(ComponentValue.U32(7), ComponentValue.U32(9)),
            "0700000009000000",
            [7, 9]),
        ["tuple"] = new(
            WitType.Tuple(WitType.U16, WitType.U8),
            ComponentValue.Values(ComponentValue.U32(7), ComponentValue.U32(9)),
            "07000900",
            [7, 9]),
        ["enum"] = new(WitType.Enum("a", "b", "c"), ComponentValue.OfCase(2), "02", [2]),
        ["flags"] = new(WitType.Flags("a", "b", "c"), ComponentValue.U32(5), "05", [5]),
        ["none"] = new(WitType.Option(WitType.U32), ComponentValue.None, "0000000000000000", [0, 0]),
        ["some"] = new(WitType.Option(WitType.U32), ComponentValue.Some(ComponentValue.U32(5)), "0100000005000000", [1, 5]),
        ["ok of joined f32"] = new(
            WitType.Result(WitType.F32, WitType.U64),
            ComponentValue.Ok(ComponentValue.Scalar(0x3F80_0000)),
            "00000000000000000000803F00000000",
            [0, 0x3F80_0000]),
        ["variant"] = new(
            WitType.Variant(new("a", null), new("b", WitType.S8), new("c", WitType.U64)),
            ComponentValue.OfCase(1, ComponentValue.Signed(-1)),
            "0100000000000000FF00000000000000",
            [1, 0xFFFF_FFFF]),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Value_has_the_reference_s_bytes_and_reads_back(string name)
    {
        using var memory = new GuestMemory();
        var (type, value, bytes, _) = Cases[name];
        var abi = new AbiTypes().Of(type);
        var at = memory.At(64, abi.Size);

        Storing.Store(memory.Context(), value, abi, at);

        Assert.Equal(bytes, Convert.ToHexString(at));
        AssertSame(value, Loading.Load(memory.Context(), at, abi));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Value_has_the_reference_s_core_values_and_reads_back(string name)
    {
        using var memory = new GuestMemory();
        var (type, value, _, flat) = Cases[name];
        var abi = new AbiTypes().Of(type);
        var slots = new ulong[abi.Flat.Length];
        var writer = new FlatWriter(slots);

        FlatLowering.LowerFlat(memory.Context(), value, abi, ref writer);

        Assert.Equal(flat, slots);
        var reader = new FlatReader(slots);
        AssertSame(value, FlatLifting.LiftFlat(memory.Context(), ref reader, abi));
        Assert.Equal(slots.Length, reader.Position);
    }

    [Fact]
    public void Undefined_upper_halves_of_32_bit_values_do_not_matter()
    {
        using var memory = new GuestMemory();
        var reader = new FlatReader([0xDEAD_BEEF_0000_0001, 0xDEAD_BEEF_FFFF_FFFF]);

        var value = FlatLifting.LiftFlat(memory.Context(), ref reader, new AbiTypes().Of(WitType.Option(WitType.S32)));

        Assert.Equal(-1, value.Payload.AsS32);
        Assert.True(value.IsSome);
    }

    [Fact]
    public void List_of_bytes_is_copied_whole()
    {
        using var memory = new GuestMemory();
        var abi = new AbiTypes().Of(WitType.List(WitType.U8));
        var at = memory.At(64, 8);

        Storing.Store(memory.Context(), ComponentValue.Bytes([1, 2, 3]), abi, at);

        Assert.Equal("0010000003000000", Convert.ToHexString(at));
        Assert.Equal("010203", Convert.ToHexString(memory.At(GuestMemory.HeapStart, 3)));
        Assert.Equal([1, 2, 3], Loading.Load(memory.Context(), at, abi).AsBytes.ToArray());
        Assert.Equal(["0,1,3"], memory.Allocations);
    }

    [Fact]
    public void List_of_records_is_laid_out_with_padding()
    {
        using var memory = new GuestMemory();
        var abi = new AbiTypes().Of(WitType.List(WitType.Tuple(WitType.U32, WitType.U8)));
        var value = ComponentValue.Values(
            ComponentValue.Values(ComponentValue.U32(1), ComponentValue.U32(2)),
            ComponentValue.Values(ComponentValue.U32(3), ComponentValue.U32(4)));
        var at = memory.At(64, 8);

        Storing.Store(memory.Context(), value, abi, at);

        Assert.Equal("01000000020000000300000004000000", Convert.ToHexString(memory.At(GuestMemory.HeapStart, 16)));
        Assert.Equal(["0,4,16"], memory.Allocations);
        Assert.Equal(4u, Loading.Load(memory.Context(), at, abi).AsValues[1].AsValues[1].AsU32);
    }

    [Theory]
    [InlineData(0x7FC0_0001u)]
    [InlineData(0xFF80_0001u)]
    public void Nans_become_the_canonical_one(uint bits)
    {
        using var memory = new GuestMemory();
        var reader = new FlatReader([bits]);

        Assert.Equal(0x7FC0_0000u, FlatLifting.LiftFlat(memory.Context(), ref reader, new AbiTypes().Of(WitType.F32)).Bits);
    }

    [Fact]
    public void Misaligned_and_outside_lists_trap()
    {
        using var memory = new GuestMemory();
        var element = new AbiTypes().Of(WitType.U32);

        AssertTraps("not aligned", () => Loading.LoadListFromRange(memory.Context(), 2, 1, element));
        AssertTraps("out of bounds", () => Loading.LoadListFromRange(memory.Context(), 65532, 2, element));
        AssertTraps("out of bounds", () => Loading.LoadListFromRange(memory.Context(), uint.MaxValue - 3, 1, element));
        AssertTraps("maximum", () => Loading.LoadListFromRange(memory.Context(), 0, uint.MaxValue, element));
        Assert.True(Loading.LoadListFromRange(memory.Context(), 65536, 0, element).AsValues.IsEmpty);
    }

    [Fact]
    public void Invalid_discriminants_and_chars_trap()
    {
        using var memory = new GuestMemory();
        var types = new AbiTypes();

        AssertTraps("discriminant", () => LiftOne(memory, types.Of(WitType.Enum("a", "b")), 2));
        AssertTraps("char", () => LiftOne(memory, types.Of(WitType.Char), 0xD800));
        AssertTraps("char", () => LiftOne(memory, types.Of(WitType.Char), 0x110000));
    }

    [Fact]
    public void Small_lists_that_name_one_large_string_over_and_over_are_refused()
    {
        using var memory = new GuestMemory();
        var strings = new AbiTypes().Of(WitType.String);
        for (uint i = 0; i < 4000; i++)
        {
            BitConverter.TryWriteBytes(memory.At(i * 8, 4), 0u);
            BitConverter.TryWriteBytes(memory.At((i * 8) + 4, 4), 65000u);
        }

        var cx = memory.Context(StringEncoding.Latin1OrUtf16);
        AssertTraps("too much memory", () => Loading.LoadListFromRange(cx, 0, 4000, strings));
    }

    private static ComponentValue LiftOne(GuestMemory memory, AbiType type, ulong value)
    {
        var reader = new FlatReader([value]);
        return FlatLifting.LiftFlat(memory.Context(), ref reader, type);
    }

    private static void AssertTraps(string reason, Func<ComponentValue> action)
    {
        var trap = Assert.Throws<TrapException>(() => { _ = action(); });
        Assert.Equal(TrapCode.HostRefused, trap.Code);
        Assert.Contains(reason, trap.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(ComponentValue expected, ComponentValue actual)
    {
        Assert.Equal(expected.Bits, actual.Bits);
        if (expected.Reference is ComponentValue payload)
        {
            AssertSame(payload, actual.Payload);
        }
        else if (expected.Reference is ComponentValue[] values)
        {
            Assert.Equal(values.Length, actual.AsValues.Length);
            for (var i = 0; i < values.Length; i++)
            {
                AssertSame(values[i], actual.AsValues[i]);
            }
        }
    }

    private sealed record Case(WitType Type, ComponentValue Value, string Bytes, ulong[] Flat);
}
