using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class FunctionCompilerTests
{
    private const uint PageSize = 65536;

    public static TheoryData<MemoryBounds, bool> Modes => Guest.Modes;

    [Fact]
    public void Pure_expression_becomes_one_tree()
    {
        var module = new Assembler().Memory().Function(
            "f",
            "ii>i",
            Opcode.LocalGet, 0, Opcode.I32Load, 2, 8, Opcode.LocalGet, 1, Opcode.LocalGet, 0, Opcode.I32Shl, Opcode.I32Add);

        Assert.Equal(
            """
                ldarg.0
                ldind.i
                stloc.0
                ldloc.0
                ldarg.1
                conv.u
                add
                ldc.i4.8
                add
                ldind.i4
                ldarg.2
                ldarg.1
                ldc.i4.s 31
                and
                shl
                add
                ret

            """,
            Guest.Listing(module, 0),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Loop_polls_the_interrupt_flag_with_a_volatile_load()
    {
        var module = new Assembler().Function("f", ">", Opcode.Loop, ModuleBytes.Empty, Opcode.Br, 0, Opcode.End);

        Assert.Equal(
            """
            L1:
                ldarg.0
                ldc.i4.s 16
                add
                volatile
                ldind.i4
                brtrue L2
                br L1
            L2:
                ldarg.0
                ldc.i4.s 10
                call TrapCreate
                throw

            """,
            Guest.Listing(module, 0),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Explicit_check_compares_the_end_of_the_access_with_the_cached_length()
    {
        var module = new Assembler().Memory().Function(
            "f", "iI>", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.I64Store, 3, 16);

        Assert.Contains(
            """
                ldarg.1
                conv.u8
                ldc.i4.s 24
                conv.i8
                add
                ldloc.1
                bgt.un L1
                ldloc.0
                ldarg.1
                conv.u
                add
                ldc.i4.s 16
                add
                ldarg.2
                stind.i8
            """,
            Guest.Listing(module, 0, explicitChecks: true),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Load_happens_before_a_later_store(MemoryBounds bounds, bool optimized)
    {
        using var guest = Guest.Start(
            new Assembler().Memory().Function(
                "f",
                ">i",
                Opcode.I32Const, 8, Opcode.I32Load, 2, 0,
                Opcode.I32Const, 8, Opcode.I32Const, 7, Opcode.I32Store, 2, 0,
                Opcode.I32Const, 8, Opcode.I32Load, 2, 0,
                Opcode.I32Const, 10, Opcode.I32Mul,
                Opcode.I32Add),
            bounds,
            optimized);

        Assert.Equal(70UL, guest.Call("f"));
        Assert.Equal(77UL, guest.Call("f"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Values_are_read_before_calls_and_sets_that_change_them(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Memory().Global()
            .Function("change", ">", Opcode.I32Const, 5, Opcode.GlobalSet, 0, Opcode.I32Const, 0, Opcode.I32Const, 9, Opcode.I32Store, 2, 0)
            .Function("across_call", ">iii", Opcode.GlobalGet, 0, Opcode.I32Const, 0, Opcode.I32Load, 2, 0, Opcode.Call, 0, Opcode.GlobalGet, 0)
            .Function("across_set", "i>ii", Opcode.LocalGet, 0, Opcode.I32Const, 100, Opcode.LocalSet, 0, Opcode.LocalGet, 0)
            .Function("across_tee", "i>ii", Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Add, Opcode.LocalGet, 0, Opcode.I32Const, 2, Opcode.I32Mul, Opcode.LocalTee, 0);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal([0UL, 0UL, 5UL], guest.CallAll("across_call"));
        Assert.Equal([3UL, 100UL], guest.CallAll("across_set", 3));
        Assert.Equal([4UL, 6UL], guest.CallAll("across_tee", 3));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void First_of_two_traps_wins(MemoryBounds bounds, bool optimized)
    {
        object[] divide = [Opcode.I32Const, 1, Opcode.LocalGet, 0, Opcode.I32DivU];
        object[] load = [Opcode.I32Const, -1, Opcode.I32Load, 2, 0];
        var module = new Assembler().Memory().Table(1).Global()
            .Function("divide_load", "i>i", divide, load, Opcode.I32Add)
            .Function("load_divide", "i>i", load, divide, Opcode.I32Add)
            .Function("divide_unreachable", "i>i", divide, Opcode.Unreachable)
            .Function("divide_in_br", "i>i", Opcode.Block, ModuleBytes.I32, divide, Opcode.I32Const, 3, Opcode.Br, 0, Opcode.End)
            .Function("divide_in_br_if", "i>i", Opcode.Block, ModuleBytes.I32, divide, Opcode.I32Const, 3, Opcode.I32Const, 1, Opcode.BrIf, 0, Opcode.Drop, Opcode.Drop, load, Opcode.End)
            .Function("divide_dropped", "i>", divide, Opcode.Drop)
            .Function("divide_call_indirect", "i>i", divide, Opcode.I32Const, 9, Opcode.CallIndirect, 1, 0)
            .Function("divide_store", "i>i", divide, Opcode.I32Const, -1, Opcode.I32Const, 0, Opcode.I32Store, 2, 0)
            .Function("divide_before_set", "i>i", divide, load, Opcode.LocalSet, 0)
            .Function("second_of_select", "i>i", Opcode.I32Const, 1, divide, Opcode.I32Const, 1, Opcode.Select);
        using var guest = Guest.Start(module, bounds, optimized);

        foreach (var name in (string[])["divide_load", "divide_unreachable", "divide_in_br", "divide_in_br_if", "divide_dropped",
            "divide_call_indirect", "divide_store", "divide_before_set", "second_of_select"])
        {
            Assert.Equal((name, TrapCode.IntegerDivideByZero), (name, guest.Trap(name, 0)));
        }

        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("load_divide", 0));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Dropped_load_traps_even_when_only_its_last_byte_is_outside(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Memory();
        (Opcode Opcode, uint Width)[] loads =
        [
            (Opcode.I32Load8U, 1), (Opcode.I32Load16S, 2), (Opcode.I32Load, 4), (Opcode.F32Load, 4), (Opcode.I64Load32U, 4),
            (Opcode.I64Load, 8), (Opcode.F64Load, 8),
        ];
        foreach (var (opcode, _) in loads)
        {
            module.Function(opcode.ToString(), "i>", Opcode.LocalGet, 0, opcode, 0, 0, Opcode.Drop);
        }

        using var guest = Guest.Start(module, bounds, optimized);
        foreach (var (opcode, width) in loads)
        {
            guest.CallAll(opcode.ToString(), PageSize - width);
            Assert.Equal((opcode, TrapCode.MemoryOutOfBounds), (opcode, guest.Trap(opcode.ToString(), PageSize - width + 1)));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Address_and_offset_never_wrap(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Memory()
            .Function("near", "i>i", Opcode.LocalGet, 0, Opcode.I32Load, 0, 0x10)
            .Function("far", "i>i", Opcode.LocalGet, 0, Opcode.I32Load, 0, 0x8000_0000U)
            .Function("farthest", "i>i", Opcode.LocalGet, 0, Opcode.I32Load, 0, uint.MaxValue)
            .Function("constant", ">i", Opcode.I32Const, -1, Opcode.I32Load, 0, uint.MaxValue)
            .Function("store", "i>", Opcode.LocalGet, 0, Opcode.I64Const, 1, Opcode.I64Store, 0, uint.MaxValue);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal(0UL, guest.Call("near", PageSize - 0x14));
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("near", PageSize - 0x13));
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("near", uint.MaxValue - 0xF));
        foreach (var address in (ulong[])[0, 1, 0x8000_0000, uint.MaxValue])
        {
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("far", address));
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("farthest", address));
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("store", address));
        }

        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("constant"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Grown_memory_can_be_used_at_once_also_after_a_callee_grew_it(MemoryBounds bounds, bool optimized)
    {
        object[] touch = [Opcode.I32Const, (int)PageSize, Opcode.I32Const, 1, Opcode.I32Store, 2, 0];
        var module = new Assembler().Memory()
            .Function("grow", ">", Opcode.I32Const, 1, Opcode.MemoryGrow, 0, Opcode.Drop)
            .Function("own", ">i", Opcode.I32Const, 1, Opcode.MemoryGrow, 0, Opcode.Drop, touch, Opcode.MemorySize, 0)
            .Function("callee", ">i", Opcode.I32Const, 0, Opcode.I32Load, 2, 0, Opcode.Drop, Opcode.Call, 0, touch, Opcode.MemorySize, 0);

        using (var guest = Guest.Start(module, bounds, optimized))
        {
            Assert.Equal(2UL, guest.Call("own"));
        }

        using (var guest = Guest.Start(module, bounds, optimized))
        {
            Assert.Equal(2UL, guest.Call("callee"));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Tail_calls_of_every_kind_nest_without_bound(MemoryBounds bounds, bool optimized)
    {
        // Twelve parameters do not fit in registers, so the callee's arguments need more stack than the caller has.
        const string Wide = "iIIIIIIFfIII>I";
        object[] arguments =
        [
            Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Sub,
            Enumerable.Range(1, 6).Select(static i => new object[] { Opcode.I64Const, i }).ToArray(),
            Opcode.F64Const, 7d, Opcode.F32Const, 8f,
            Enumerable.Range(9, 3).Select(static i => new object[] { Opcode.I64Const, i }).ToArray(),
        ];
        object[] finish = [Opcode.LocalGet, 0, Opcode.I32Eqz, Opcode.If, ModuleBytes.Empty, Opcode.I64Const, 42, Opcode.Return, Opcode.End];
        var module = new Assembler().Table(4)
            .Import("host", "i>I")
            .Function("direct", Wide, finish, arguments, Opcode.ReturnCall, 1)
            .Function("narrow", "i>I", finish, arguments, Opcode.I32Const, 3, Opcode.ReturnCallIndirect, 1, 0)
            .Function("wide", Wide, finish, Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Sub, Opcode.I32Const, 2, Opcode.ReturnCallIndirect, 2, 0)
            .Function("imported", "i>I", Opcode.LocalGet, 0, Opcode.ReturnCall, 0)
            .Element(2, 2, 3);
        using var guest = Guest.Start(module, bounds, optimized, static (arguments, results) => results[0] = arguments[0] + 1);

        Assert.Equal(42UL, guest.Call("direct", [1_000_000, .. new ulong[11]]));
        Assert.Equal(42UL, guest.Call("narrow", 1_000_000));
        Assert.Equal(42UL, guest.Call("imported", 41));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Tail_calls_between_instances_nest_without_bound(MemoryBounds bounds, bool optimized)
    {
        object[] countDown =
        [
            Opcode.LocalGet, 0, Opcode.I32Eqz, Opcode.If, ModuleBytes.Empty, Opcode.I32Const, 7, Opcode.Return, Opcode.End,
            Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Sub,
        ];
        var store = new Store(new Engine(new EngineOptions { MemoryBounds = bounds, Unloadable = optimized }));
        using var guest = Guest.Start(
            store, new Assembler().Table(1).Function("there", "i>i", countDown, Opcode.I32Const, 0, Opcode.ReturnCallIndirect, 0, 0));
        using var other = Guest.Start(
            store,
            new Assembler().Import("there", "i>i").ImportTable("table").Function("back", "i>i", countDown, Opcode.ReturnCall, 0).Element(0, 1),
            guest.Func("there"),
            guest.Instance.GetExport("table")!);

        Assert.Equal(7UL, guest.Call("there", 1_000_001));
        Assert.Equal(7UL, other.Call("back", 1_000_000));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Interrupt_stops_whatever_runs_forever(MemoryBounds bounds, bool optimized)
    {
        // The last one calls 2^60 times through functions too short to be guarded each.
        var module = new Assembler()
            .Function("loop", ">", Opcode.Loop, ModuleBytes.Empty, Opcode.Br, 0, Opcode.End)
            .Function("tail", ">", Opcode.ReturnCall, 1)
            .Function("leaf", ">");
        for (var i = 0; i < 60; i++)
        {
            module.Function($"fan{i}", ">", Opcode.Call, i + 2, Opcode.Call, i + 2);
        }

        foreach (var name in (string[])["loop", "tail", "fan59"])
        {
            using var guest = Guest.Start(module, bounds, optimized);
            var store = guest.Store;
            using var timer = new Timer(_ => store.Interrupt(), null, 100, Timeout.Infinite);
            Assert.Equal((name, TrapCode.Interrupted), (name, guest.Trap(name)));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Recursion_ends_in_a_trap_whatever_the_functions_look_like(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Table(1)
            .Function("self", ">", Opcode.Call, 0)
            .Function("ping", ">", Opcode.Call, 2)
            .Function("pong", ">", Opcode.Call, 1)
            .Function("indirect", ">", Opcode.I32Const, 0, Opcode.CallIndirect, 0, 0)
            .Element(0, 3)
            // 40,000 i64 locals, all of them alive.
            .RawFunction(
                "large",
                ">I",
                [
                    .. ModuleBytes.Vector([.. ModuleBytes.Leb(40_000), ModuleBytes.I64]),
                    .. Assembler.Encode(
                        Enumerable.Range(0, 2_000).Select(static i => new object[] { Opcode.I64Const, i, Opcode.LocalSet, i * 20 }).ToArray(),
                        Opcode.Call, 4, Opcode.Drop, Opcode.I64Const, 0,
                        Enumerable.Range(0, 2_000).Select(static i => new object[] { Opcode.LocalGet, i * 20, Opcode.I64Add }).ToArray()),
                    ModuleBytes.End,
                ]);

        foreach (var name in (string[])["self", "ping", "pong", "indirect", "large"])
        {
            using var guest = Guest.Start(module, bounds, optimized);
            Assert.Equal((name, TrapCode.StackExhausted), (name, guest.Trap(name)));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Blocks_pass_values_along_every_way_out(MemoryBounds bounds, bool optimized)
    {
        const int Pair = 0;
        const int Count = 1;
        const int Same = 2;
        var module = new Assembler().Type(">ii").Type("ii>i").Type("i>i")
            .Function(
                "table",
                "i>ii",
                Opcode.Block, Pair, Opcode.Block, Pair, Opcode.Block, Pair,
                Opcode.I32Const, 1, Opcode.I32Const, 2, Opcode.LocalGet, 0, Opcode.BrTable, 3, 0, 1, 3, 2,
                Opcode.End, Opcode.Drop, Opcode.I32Const, 10,
                Opcode.End, Opcode.I32Const, 5, Opcode.I32Add,
                Opcode.End)
            .Function(
                "loop",
                "i>i>i",
                Opcode.I32Const, 0, Opcode.LocalGet, 0,
                Opcode.Loop, Count,
                Opcode.LocalTee, 1, Opcode.I32Add, Opcode.LocalGet, 1, Opcode.I32Const, 1, Opcode.I32Sub,
                Opcode.LocalGet, 1, Opcode.BrIf, 0, Opcode.Drop,
                Opcode.End)
            .Function(
                "if_without_else",
                "i>i",
                Opcode.I32Const, 7, Opcode.LocalGet, 0, Opcode.If, Same, Opcode.I32Const, 1, Opcode.I32Add, Opcode.End);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal([1UL, 15UL], guest.CallAll("table", 0));
        Assert.Equal([1UL, 7UL], guest.CallAll("table", 1));
        Assert.Equal([1UL, 2UL], guest.CallAll("table", 2));
        Assert.Equal([1UL, 2UL], guest.CallAll("table", 99));
        Assert.Equal(55UL, guest.Call("loop", 10));
        Assert.Equal(8UL, guest.Call("if_without_else", 1));
        Assert.Equal(7UL, guest.Call("if_without_else", 0));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Rotated_value_can_be_tested_for_zero(MemoryBounds bounds, bool optimized)
    {
        // The address is never zero, so a zero flag left over from it gives the wrong answer.
        object[] load = [Opcode.LocalGet, 0, Opcode.I32Const, 15, Opcode.I32And, Opcode.I32Load, 2, 0];
        object[] load64 = [Opcode.LocalGet, 0, Opcode.I32Const, 15, Opcode.I32And, Opcode.I64Load, 2, 0];
        object[] rotate = [load, Opcode.I32Const, 5, Opcode.I32Rotl];
        object[] asCondition = [Opcode.If, ModuleBytes.I32, Opcode.I32Const, 0, Opcode.Else, Opcode.I32Const, 1, Opcode.End];
        var module = new Assembler().Memory()
            .Function("is_zero", "i>i", Opcode.LocalGet, 0, Opcode.I32Eqz)
            .Function("rotated", "i>i", rotate)
            .Function("direct", "i>i", rotate, Opcode.I32Eqz)
            .Function("right", "i>i", load, Opcode.I32Const, 16, Opcode.I32Rotr, Opcode.I32Eqz)
            .Function("wide", "i>i", load64, Opcode.I64Const, 7, Opcode.I64Rotl, Opcode.I64Eqz)
            .Function("condition", "i>i", rotate, asCondition)
            .Function("local", "i>i>i", rotate, Opcode.LocalSet, 1, Opcode.LocalGet, 1, asCondition)
            .Function("tee", "i>i>i", rotate, Opcode.LocalTee, 1, asCondition)
            .Function("compared", "i>i>i", rotate, Opcode.LocalSet, 1, Opcode.LocalGet, 1, Opcode.I32Const, 0, Opcode.I32Eq)
            .Function("count_in_local", "i>i>i", Opcode.I32Const, 5, Opcode.LocalSet, 1, load, Opcode.LocalGet, 1, Opcode.I32Rotl, Opcode.I32Eqz)
            .Function("argument", "i>i", rotate, Opcode.Call, 0)
            .Function("result", "i>i", Opcode.LocalGet, 0, Opcode.Call, 1, Opcode.I32Eqz)
            .Function("neutral", "i>i", rotate, Opcode.I32Const, 0, Opcode.I32Or, Opcode.I32Eqz)
            .Function("twice", "i>i", rotate, Opcode.I32Const, 32, Opcode.I32Rotl, Opcode.I32Eqz)
            .Function("block", "i>i", Opcode.Block, ModuleBytes.I32, rotate, Opcode.Br, 0, Opcode.End, Opcode.I32Eqz)
            .Function("value", "i>i", Opcode.LocalGet, 0, Opcode.I32Const, 28, Opcode.I32Rotr)
            .Function("variable", "ii>i", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.I32Rotr)
            .Function("wide_variable", "II>I", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.I64Rotr);
        using var guest = Guest.Start(module, bounds, optimized);

        foreach (var name in (string[])["direct", "right", "wide", "condition", "local", "tee", "compared", "count_in_local", "argument",
            "result", "neutral", "twice", "block"])
        {
            Assert.Equal((name, 1UL), (name, guest.Call(name, 5)));
        }

        Assert.Equal(0x2345_6781UL, guest.Call("value", 0x1234_5678));
        Assert.Equal(0x8123_4567UL, guest.Call("variable", 0x1234_5678, 36));
        Assert.Equal(0x1234_5678UL, guest.Call("variable", 0x1234_5678, 32));
        Assert.Equal(0x8000_0000_0000_0000UL, guest.Call("wide_variable", 1, 65));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Zeros_of_minimum_and_maximum_keep_their_sign_when_the_jit_knows_them(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler()
            .Function("min", ">f>f", Opcode.LocalGet, 0, Opcode.F32Const, -0f, Opcode.F32Min)
            .Function("max", ">F>F", Opcode.F64Const, -0d, Opcode.LocalGet, 0, Opcode.F64Max)
            .Function("min_of_double", ">F>F", Opcode.F64Const, -0d, Opcode.LocalGet, 0, Opcode.F64Min);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal(0x8000_0000UL, guest.Call("min"));
        Assert.Equal(0UL, guest.Call("max"));
        Assert.Equal(0x8000_0000_0000_0000UL, guest.Call("min_of_double"));
    }
}
