using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class FunctionCompilerExceptionsTests
{
    private const byte Catch = 0;
    private const byte CatchAll = 2;
    private const byte CatchAllRef = 3;
    private const byte Empty = ModuleBytes.Empty;
    private const byte I32 = ModuleBytes.I32;
    private const byte ExceptionReference = 0x69;

    public static TheoryData<MemoryBounds, bool> Modes => Guest.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void What_is_thrown_arrives_at_the_handler(MemoryBounds bounds, bool optimized)
    {
        var values = Enumerable.Range(0, 5).Select(static i => new object[] { Opcode.LocalGet, i }).ToArray();
        var module = new Assembler().Type(">vFfIi").Tag("vFfIi>")
            .Function("f", "vFfIi>vFfIi", Opcode.Block, 0, Try(Catch, 0, 0, values, Opcode.Throw, 0), Opcode.Unreachable, Opcode.End);
        using var guest = Guest.Start(module, bounds, optimized);
        ulong[] arguments = [1, ulong.MaxValue, 0x7FF4_0000_0000_0001, 0x7FA0_0001, 5, 6];

        Assert.Equal(arguments, guest.CallAll("f", arguments));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Clause_of_the_innermost_block_that_matches_first_is_taken(MemoryBounds bounds, bool optimized)
    {
        // Tag 0 is caught inside, tag 1 outside, tag 2 by whatever catches all, behind the others.
        object[] thrower = [Opcode.LocalGet, 0, If(Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Eq, If(Opcode.Throw, 1), Opcode.Throw, 2), Opcode.Throw, 0];
        var module = new Assembler().Tag(">").Tag(">").Tag(">").Function(
            "f",
            "i>i",
            Opcode.Block, Empty,
            Opcode.Block, Empty,
            Opcode.Block, Empty,
            Opcode.TryTable, Empty, 2, Catch, 1, 1, CatchAll, 0,
            Opcode.Block, Empty,
            Try(Catch, 0, 0, thrower),
            Opcode.End, Opcode.I32Const, 10, Opcode.Return,
            Opcode.End,
            Opcode.Unreachable,
            Opcode.End, Opcode.I32Const, 30, Opcode.Return,
            Opcode.End, Opcode.I32Const, 20, Opcode.Return,
            Opcode.End, Opcode.I32Const, 40);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal([10UL, 20UL, 30UL], [guest.Call("f", 0), guest.Call("f", 1), guest.Call("f", 2)]);
    }

    public static TheoryData<string, TrapCode> Traps => new()
    {
        { "unreachable", TrapCode.Unreachable },
        { "load", TrapCode.MemoryOutOfBounds },
        { "divide", TrapCode.IntegerDivideByZero },
        { "recurse", TrapCode.StackExhausted },
        { "null", TrapCode.NullReference },
        { "loop", TrapCode.Interrupted },
    };

    [Theory]
    [MemberData(nameof(Traps))]
    public void No_handler_sees_a_trap(string name, TrapCode code)
    {
        foreach (var (bounds, optimized) in Guest.Modes.Select(static row => row.Data))
        {
            var module = new Assembler().Memory().Tag(">")
                .Function("unreachable", ">", Guarded(Opcode.Unreachable))
                .Function("load", ">", Guarded(Opcode.I32Const, 65536, Opcode.I32Load, 2, 0, Opcode.Drop))
                .Function("divide", ">", Guarded(Opcode.I32Const, 1, Opcode.I32Const, 0, Opcode.I32DivU, Opcode.Drop))
                .Function("recurse", ">", Guarded(Opcode.Call, 3))
                .Function("null", ">", Guarded(Opcode.RefNull, ExceptionReference, Opcode.ThrowRef))
                .Function("loop", ">", Guarded(Opcode.Loop, Empty, Opcode.Br, 0, Opcode.End));
            using var guest = Guest.Start(module, bounds, optimized);
            if (name == "loop")
            {
                guest.Store.Interrupt();
            }

            Assert.Equal(code, guest.Trap(name));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void No_handler_sees_an_exception_of_the_host(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Import("host", ">").Function("f", ">", Guarded(Opcode.Call, 0));
        using var guest = Guest.Start(module, bounds, optimized, static (_, _) => throw new TimeoutException("the host's"));

        Assert.Equal("the host's", Assert.Throws<TimeoutException>(() => { guest.CallAll("f"); }).Message);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Host_function_can_throw_what_a_guest_catches(MemoryBounds bounds, bool optimized)
    {
        Tag? tag = null;
        var module = new Assembler().Import("host", ">").Tag("iI>")
            .Type(">iI")
            .Function("f", ">iI", Opcode.Block, 2, Try(Catch, 0, 0, Opcode.Call, 0), Opcode.Unreachable, Opcode.End);
        using var guest = Guest.Start(module, bounds, optimized, (_, _) => throw new WasmException(tag!, 3, 4));
        tag = (Tag)guest.Instance.GetExport("tag0")!;

        Assert.Equal([3UL, 4UL], guest.CallAll("f"));
        Assert.Throws<ArgumentException>(() => new WasmException(tag, 3));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Uncaught_exception_reaches_the_embedder_and_the_instance_goes_on(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Tag("i>").Tag(">")
            .Function("throw", "i>", Opcode.LocalGet, 0, Opcode.Throw, 0)
            .Function("through", "i>i", Opcode.Block, Empty, Try(Catch, 1, 0, Opcode.LocalGet, 0, Opcode.Call, 0), Opcode.End, Opcode.I32Const, 1);
        using var guest = Guest.Start(module, bounds, optimized);

        for (ulong i = 0; i < 3; i++)
        {
            var exception = Assert.Throws<WasmException>(() => { guest.CallAll("through", i); });

            Assert.Same(guest.Instance.GetExport("tag0"), exception.Tag);
            Assert.Equal([i], exception.Values);
            Assert.Contains(exception.Backtrace.Frames, static frame => frame.FunctionIndex == 1);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_way_out_of_protected_code_works(MemoryBounds bounds, bool optimized)
    {
        object[] table = [Opcode.LocalGet, 0, Opcode.BrTable, 3, 0, 1, 2, 3];
        var module = new Assembler().Tag(">").Type(">iI")
            .Function(
                "table",
                "i>i",
                Opcode.Block, Empty,
                Opcode.Block, Empty,
                Opcode.TryTable, Empty, 1, CatchAll, 0, Opcode.Block, Empty, table, Opcode.End, Opcode.I32Const, 10, Opcode.Return, Opcode.End,
                Opcode.I32Const, 11, Opcode.Return,
                Opcode.End, Opcode.I32Const, 12, Opcode.Return,
                Opcode.End, Opcode.I32Const, 13)
            .Function("two", "i>iI", Opcode.Block, Empty, Try(CatchAll, null, 0, Opcode.LocalGet, 0, Opcode.I64Const, 2, Opcode.Return), Opcode.End, Opcode.Unreachable)
            .Function("branch", "i>i", Opcode.Block, I32, Opcode.Block, Empty, Try(CatchAll, null, 0, Opcode.LocalGet, 0, Opcode.LocalGet, 0, Opcode.BrIf, 2, Opcode.Drop), Opcode.I32Const, 99, Opcode.Br, 1, Opcode.End, Opcode.Unreachable, Opcode.End)
            .Function("body", "i>", Opcode.LocalGet, 0, Opcode.BrIf, 0, Opcode.Block, Empty, Try(Catch, 0, 1, Opcode.Throw, 0), Opcode.End, Opcode.Unreachable);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal([10UL, 11UL, 12UL, 13UL, 13UL], [.. new ulong[] { 0, 1, 2, 3, 9 }.Select(i => guest.Call("table", i))]);
        Assert.Equal([5UL, 2UL], guest.CallAll("two", 5));
        Assert.Equal([99UL, 7UL], [guest.Call("branch", 0), guest.Call("branch", 7)]);
        guest.CallAll("body", 0);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Tail_call_leaves_the_handlers_behind(MemoryBounds bounds, bool optimized)
    {
        object[] countDown = [Opcode.LocalGet, 0, Opcode.I32Eqz, If(Opcode.Throw, 0), Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Sub, Opcode.ReturnCall, 0];
        var module = new Assembler().Tag(">").Function("f", "i>", Opcode.Block, Empty, Try(CatchAll, null, 0, countDown), Opcode.End);
        using var guest = Guest.Start(module, bounds, optimized);

        // At 0 the throw itself is covered; after that many tail calls no frame may be left.
        guest.CallAll("f", 1_000_000);

        var direct = new Assembler().Tag(">")
            .Function("throw", ">", Opcode.Throw, 0)
            .Function("f", ">", Opcode.Block, Empty, Try(CatchAll, null, 0, Opcode.ReturnCall, 0), Opcode.End);
        using var second = Guest.Start(direct, bounds, optimized);
        Assert.Throws<WasmException>(() => { second.CallAll("f"); });
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void What_happened_before_the_throw_stays(MemoryBounds bounds, bool optimized)
    {
        // The callee grows the memory, so a length that was read before is outdated in the handler.
        var module = new Assembler().Memory().Tag(">")
            .Function("grow", ">", Opcode.I32Const, 1, Opcode.MemoryGrow, 0, Opcode.Drop, Opcode.Throw, 0)
            .Function(
                "f",
                ">i>i",
                Opcode.I32Const, 0, Opcode.I32Const, 1, Opcode.I32Store, 2, 0,
                Opcode.Block, Empty, Try(Catch, 0, 0, Opcode.I32Const, 41, Opcode.LocalSet, 0, Opcode.Call, 0), Opcode.End,
                Opcode.I32Const, 65536 + 100, Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Add, Opcode.I32Store, 2, 0,
                Opcode.I32Const, 65536 + 100, Opcode.I32Load, 2, 0);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal(42UL, guest.Call("f"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Exception_reference_throws_the_same_exception_again(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Tag("i>")
            .Function("f", "i>>e", Opcode.Block, ExceptionReference, Try(CatchAllRef, null, 0, Opcode.LocalGet, 0, Opcode.Throw, 0), Opcode.Unreachable, Opcode.End, Opcode.LocalSet, 1, Opcode.LocalGet, 1, Opcode.ThrowRef);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal([6UL], Assert.Throws<WasmException>(() => { guest.CallAll("f", 6); }).Values);
    }

    [Fact]
    public void References_to_exceptions_count_as_memory()
    {
        var module = new Assembler().Tag(">")
            .Function("f", "i>", Opcode.Loop, Empty, Opcode.Block, ExceptionReference, Try(CatchAllRef, null, 0, Opcode.Throw, 0), Opcode.Unreachable, Opcode.End, Opcode.Drop, Opcode.Br, 0, Opcode.End);
        using var store = new Store(new Engine(), new StoreLimits { MaxMemoryBytes = 100_000 });
        using var guest = Guest.Start(store, module);

        Assert.Equal(TrapCode.HostRefused, guest.Trap("f", 0));
        Assert.True(store.MemoryLimitHit);
    }

    [Fact]
    public void Code_that_catches_nothing_is_not_protected()
    {
        var module = new Assembler().Tag(">")
            .Function("throws", ">", Opcode.Throw, 0)
            .Function("empty", ">", Opcode.TryTable, Empty, 0, Opcode.Call, 0, Opcode.End)
            .Function("catches", ">", Guarded(Opcode.Call, 0));

        Assert.DoesNotContain("handler", Guest.Listing(module, 0), StringComparison.Ordinal);
        Assert.DoesNotContain("handler", Guest.Listing(module, 1), StringComparison.Ordinal);
        Assert.Contains("handler", Guest.Listing(module, 2), StringComparison.Ordinal);
    }

    private static object[] Try(byte kind, int? tag, int label, params object[] body) =>
        [Opcode.TryTable, Empty, 1, kind, .. tag is { } t ? new object[] { t } : [], label, body, Opcode.End];

    /// <summary>Code whose exceptions, if it has any, are all caught.</summary>
    private static object[] Guarded(params object[] body) => [Opcode.Block, Empty, Try(CatchAll, null, 0, body), Opcode.End];

    private static object[] If(params object[] body) => [Opcode.If, Empty, body, Opcode.End];
}
