using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

/// <summary>Vectors wherever a value can stand; what the instructions compute is the conformance suites' subject.</summary>
public sealed class FunctionCompilerVectorsTests
{
    private const uint PageSize = 65536;

    private static readonly UInt128 First = Bytes(static i => i);
    private static readonly UInt128 Second = Bytes(static i => (byte)(i + 16));

    public static TheoryData<MemoryBounds, bool> Modes => Guest.Modes;

    [Fact]
    public void Vector_expression_becomes_one_tree_of_intrinsics()
    {
        var module = new Assembler().Memory().Function(
            "f", "vi>v", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.V128Load, 4, 16, Opcode.F32x4Mul);

        Assert.Equal(
            """
                ldarg.0
                ldind.i
                stloc.0
                ldarg.1
                ldloc.0
                ldarg.2
                conv.u
                add
                ldc.i4.s 16
                add
                ldobj Vector128<byte>
                call Vector128.Multiply<f>
                ret

            """,
            Guest.Listing(module, 0),
            ignoreLineEndingDifferences: true);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_shuffle_moves_the_bytes_it_names(MemoryBounds bounds, bool optimized)
    {
        var random = new Random(1);
        var masks = new List<byte[]>
        {
            Lanes(static i => i), Lanes(static i => i + 16), Lanes(static i => i % 2 == 0 ? i : i + 16), Lanes(static _ => 3), Lanes(static i => 31 - i),
            Lanes(static i => (i / 4 * 4 + 4 + (i % 4)) % 16), Lanes(static i => i < 8 ? i + 4 : i + 12), Lanes(static i => i < 8 ? i + 20 : i - 8),
        };
        for (var start = 1; start < 32; start++)
        {
            masks.Add(Lanes(i => (start + i) % 32));
        }

        foreach (var width in new[] { 1, 2, 4, 8 })
        {
            masks.Add(Lanes(i => (i / width / 2 * width) + (i % width) + (i / width % 2 * 16)));
            masks.Add(Lanes(i => 8 + (i / width / 2 * width) + (i % width) + (i / width % 2 * 16)));
        }

        for (var i = 0; i < 40; i++)
        {
            masks.Add(Lanes(_ => random.Next(32)));
            masks.Add(Lanes(_ => random.Next(16)));
        }

        var module = new Assembler();
        for (var i = 0; i < masks.Count; i++)
        {
            object[] lanes = [.. masks[i].Cast<object>()];
            module.Function($"f{i}", "vv>v", [Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.I8x16Shuffle, .. lanes]);
            module.Function($"same{i}", "v>v", [Opcode.LocalGet, 0, Opcode.LocalGet, 0, Opcode.I8x16Shuffle, .. lanes]);
        }

        using var guest = Guest.Start(module, bounds, optimized);

        for (var i = 0; i < masks.Count; i++)
        {
            var mask = masks[i];
            Assert.Equal(Bytes(p => mask[p]), guest.CallVector($"f{i}", First, Second));
            Assert.Equal(Bytes(p => (byte)(mask[p] % 16)), guest.CallVector($"same{i}", First));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Accesses_reach_the_last_byte_and_trap_behind_it(MemoryBounds bounds, bool optimized)
    {
        (Opcode Opcode, uint Width)[] loads =
        [
            (Opcode.V128Load, 16), (Opcode.V128Load8x8S, 8), (Opcode.V128Load16x4U, 8), (Opcode.V128Load32x2S, 8), (Opcode.V128Load8Splat, 1),
            (Opcode.V128Load16Splat, 2), (Opcode.V128Load32Splat, 4), (Opcode.V128Load64Splat, 8), (Opcode.V128Load32Zero, 4), (Opcode.V128Load64Zero, 8),
        ];
        (Opcode Load, Opcode Store, uint Width)[] lanes =
        [
            (Opcode.V128Load8Lane, Opcode.V128Store8Lane, 1), (Opcode.V128Load16Lane, Opcode.V128Store16Lane, 2),
            (Opcode.V128Load32Lane, Opcode.V128Store32Lane, 4), (Opcode.V128Load64Lane, Opcode.V128Store64Lane, 8),
        ];
        var module = new Assembler().Memory();
        foreach (var (opcode, _) in loads)
        {
            module.Function($"{opcode}", "i>v", Opcode.LocalGet, 0, opcode, 0, 0);
            module.Function($"drop {opcode}", "i>", Opcode.LocalGet, 0, opcode, 0, 0, Opcode.Drop);
        }

        module.Function("store", "iv>", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.V128Store, 0, 0);
        foreach (var (load, store, _) in lanes)
        {
            module.Function($"{load}", "iv>v", Opcode.LocalGet, 0, Opcode.LocalGet, 1, load, 0, 0, (byte)1);
            module.Function($"{store}", "iv>", Opcode.LocalGet, 0, Opcode.LocalGet, 1, store, 0, 0, (byte)1);
        }

        using var guest = Guest.Start(module, bounds, optimized);

        foreach (var (opcode, width) in loads)
        {
            Assert.Equal(2, guest.CallAll($"{opcode}", PageSize - width).Length);
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap($"{opcode}", PageSize - width + 1));
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap($"drop {opcode}", PageSize - width + 1));
        }

        guest.CallAll("store", PageSize - 16, 1, 2);
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("store", PageSize - 15, 1, 2));
        foreach (var (load, store, width) in lanes)
        {
            guest.CallAll($"{load}", PageSize - width, 1, 2);
            guest.CallAll($"{store}", PageSize - width, 1, 2);
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap($"{load}", PageSize - width + 1, 1, 2));
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap($"{store}", PageSize - width + 1, 1, 2));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Lane_is_loaded_from_and_stored_to_where_the_address_says(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Memory()
            .Function("f", "v>v", Opcode.I32Const, 100, Opcode.LocalGet, 0, Opcode.V128Store32Lane, 0, 4, (byte)3,
                Opcode.I32Const, 104, Opcode.LocalGet, 0, Opcode.V128Load32Lane, 2, 0, (byte)0);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal(Bytes(static i => (byte)(i < 4 ? i + 12 : i)), guest.CallVector("f", First));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Vectors_cross_calls_blocks_and_selects(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler()
            .Import("host", "viv>vfv")
            .Function("swap", "vv>vv", Opcode.LocalGet, 1, Opcode.LocalGet, 0)
            .Function("tail", "vv>vv", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.ReturnCall, 1)
            .Function("select", "ivv>v", Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.LocalGet, 0, Opcode.Select)
            .Function("block", "iv>v>v", Opcode.Block, ModuleBytes.V128, Opcode.LocalGet, 1, Opcode.LocalGet, 0, Opcode.BrIf, 0, Opcode.Drop, Opcode.LocalGet, 2, Opcode.End)
            .Function("host through", "v>vfv", Opcode.LocalGet, 0, Opcode.I32Const, 7, Opcode.LocalGet, 0, Opcode.Call, 0);
        using var guest = Guest.Start(module, bounds, optimized, static (arguments, results) =>
        {
            ulong[] given = [.. arguments];
            Assert.Equal(5, given.Length);
            results[0] = given[4];
            results[1] = given[3];
            results[2] = BitConverter.SingleToUInt32Bits((uint)given[2]);
            results[3] = given[0] + 1;
            results[4] = given[1];
        });

        Assert.Equal([3, 4, 1, 2], guest.CallAll("swap", 1, 2, 3, 4));
        Assert.Equal([3, 4, 1, 2], guest.CallAll("tail", 1, 2, 3, 4));
        Assert.Equal([3, 4], guest.CallAll("select", 1, 3, 4, 5, 6));
        Assert.Equal([5, 6], guest.CallAll("select", 0, 3, 4, 5, 6));
        Assert.Equal([3, 4], guest.CallAll("block", 1, 3, 4));
        Assert.Equal([0, 0], guest.CallAll("block", 0, 3, 4));
        Assert.Equal([9, 8, BitConverter.SingleToUInt32Bits(7), 9, 9], guest.CallAll("host through", 8, 9));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Indirect_call_passes_vectors(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Table(1).Element(0, 0)
            .Function("not", "v>v", Opcode.LocalGet, 0, Opcode.V128Not)
            .Function("f", "v>v", Opcode.LocalGet, 0, Opcode.I32Const, 0, Opcode.CallIndirect, 0, 0);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal(~First, guest.CallVector("f", First));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Trap_of_an_earlier_operand_comes_first_whatever_order_the_processor_wants(MemoryBounds bounds, bool optimized)
    {
        object[] divides = [Opcode.LocalGet, 0, Opcode.LocalGet, 0, Opcode.I32DivS, Opcode.I32x4Splat];
        object[] loads = [Opcode.I32Const, -1, Opcode.V128Load, 0, 0];
        var module = new Assembler().Memory()
            .Function("pmin", "i>v", divides, loads, Opcode.F32x4Pmin)
            .Function("bitselect", "iv>v", divides, Opcode.LocalGet, 1, loads, Opcode.V128Bitselect)
            .Function("align", "i>v", [divides, loads, Opcode.I8x16Shuffle, .. Lanes(static i => i + 4).Cast<object>()])
            .Function("unused", "i>v", [divides, loads, Opcode.I8x16Shuffle, .. Lanes(static i => i + 16).Cast<object>()])
            .Function("lane", "i>v", Opcode.LocalGet, 0, Opcode.LocalGet, 0, Opcode.I32DivS, loads, Opcode.V128Load32Lane, 0, 0, (byte)0);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal(TrapCode.IntegerDivideByZero, guest.Trap("pmin", 0));
        Assert.Equal(TrapCode.IntegerDivideByZero, guest.Trap("bitselect", 0, 1, 2));
        Assert.Equal(TrapCode.IntegerDivideByZero, guest.Trap("align", 0));
        Assert.Equal(TrapCode.IntegerDivideByZero, guest.Trap("unused", 0));
        Assert.Equal(TrapCode.IntegerDivideByZero, guest.Trap("lane", 0));
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("pmin", 1));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Arithmetic_with_a_neutral_constant_quiets_a_nan(MemoryBounds bounds, bool optimized)
    {
        const uint Signalling = 0x7F80_0001;
        var module = new Assembler()
            .Function("mul", "v>v", Opcode.LocalGet, 0, Opcode.F32Const, 1f, Opcode.F32x4Splat, Opcode.F32x4Mul)
            .Function("sub", "v>v", Opcode.LocalGet, 0, Opcode.V128Const, UInt128.Zero, Opcode.F32x4Sub);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal(0x7FC0_0001u, (uint)guest.CallVector("mul", Signalling));
        Assert.Equal(0x7FC0_0001u, (uint)guest.CallVector("sub", Signalling));
    }

    [Fact]
    public void Guarded_frame_counts_vectors()
    {
        // 3,000 vectors of 16 bytes are more than the reserve below the stack limit was made for.
        var module = new Assembler().Function("f", $"i>v>{new string('v', 3000)}", Opcode.LocalGet, 2999);
        using var guest = Guest.Start(module);

        Assert.Equal(UInt128.Zero, new UInt128(guest.CallAll("f", 0)[1], guest.CallAll("f", 0)[0]));
    }

    private static byte[] Lanes(Func<int, int> lane) => [.. Enumerable.Range(0, 16).Select(i => (byte)lane(i))];

    private static UInt128 Bytes(Func<byte, byte> value)
    {
        UInt128 bits = 0;
        for (byte i = 0; i < 16; i++)
        {
            bits |= (UInt128)value(i) << (8 * i);
        }

        return bits;
    }
}
