using Mik.TestKit;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class FuncTests
{
    private const byte I32 = WasmModuleBuilder.I32;
    private static readonly FuncType Unary = new([ValType.I32], [ValType.I32]);

    [Fact]
    public void A_guest_calls_the_host_with_its_arguments()
    {
        using var store = new Store(TestModules.Engine);
        var run = CallThrough(store, static (arguments, results) => results[0] = (uint)arguments[0] + 1);

        Assert.Equal(42u, TestModules.Call(run, 41));
    }

    [Fact]
    public void Every_value_type_and_several_results_survive_the_crossing()
    {
        using var store = new Store(TestModules.Engine);
        byte[] types = [I32, WasmModuleBuilder.I64, WasmModuleBuilder.F32, WasmModuleBuilder.F64, WasmModuleBuilder.ExternRef];
        var builder = new WasmModuleBuilder();
        var type = builder.Type(types, types);
        builder.ImportFunction("host", "same", type);
        builder.Function(type, [0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x20, 4, 0x10, 0], export: "run");
        ValType[] values = [ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.ExternRef];
        var same = Func.FromHost(store, new([.. values], [.. values]), static (arguments, results) => arguments.CopyTo(results));
        var run = TestModules.Export<Func>(TestModules.Instantiate(store, builder, same), "run");

        var results = new ulong[5];
        run.Invoke([0xFFFF_FFFF, 0x8000_0000_0000_0001, 0x7FA0_0001, 0x7FF0_0000_0000_0001, 7], results);

        Assert.Equal(0xFFFF_FFFFu, (uint)results[0]);
        Assert.Equal(0x8000_0000_0000_0001, results[1]);
        Assert.Equal(0x7FA0_0001u, (uint)results[2]);
        Assert.Equal(0x7FF0_0000_0000_0001ul, results[3]);
        Assert.Equal(7ul, results[4]);
    }

    [Fact]
    public void A_call_with_scalar_arguments_allocates_nothing_also_when_it_calls_the_host()
    {
        using var store = new Store(TestModules.Engine);
        var run = CallThrough(store, static (arguments, results) => results[0] = (uint)arguments[0] + 1);
        TestModules.Call(run, 1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            TestModules.Call(run, 1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_host_s_own_exception_passes_through_the_guest_unchanged()
    {
        using var store = new Store(TestModules.Engine);
        var failure = new InvalidOperationException("disk on fire");
        var run = CallThrough(store, (_, _) => throw failure);

        Assert.Same(failure, Assert.Throws<InvalidOperationException>(() => TestModules.Call(run, 0)));
    }

    [Fact]
    public void A_null_reference_in_the_host_is_not_taken_for_the_guest_s_trap()
    {
        using var store = new Store(TestModules.Engine);
        string? nothing = null;
        var run = CallThrough(store, (_, _) => Assert.Equal(0, nothing!.Length));

        Assert.Throws<NullReferenceException>(() => TestModules.Call(run, 0));
    }

    [Fact]
    public void A_trap_thrown_by_the_host_stays_that_trap()
    {
        using var store = new Store(TestModules.Engine);
        var run = CallThrough(store, static (_, _) => throw new TrapException(TrapCode.HostRefused, "not today"));

        var trap = Assert.Throws<TrapException>(() => TestModules.Call(run, 0));

        Assert.Equal((TrapCode.HostRefused, "not today"), (trap.Code, trap.Message));
    }

    [Fact]
    public void Wrong_numbers_of_arguments_or_results_are_refused()
    {
        using var store = new Store(TestModules.Engine);
        var run = TestModules.Run(store, [0x20, 0x00]);

        Assert.Throws<ArgumentException>(() => run.Invoke([], new ulong[1]));
        Assert.Throws<ArgumentException>(() => run.Invoke([1], []));
    }

    private static Func CallThrough(Store store, HostCallback callback)
    {
        var builder = new WasmModuleBuilder();
        var type = builder.Type([I32], [I32]);
        builder.ImportFunction("host", "callback", type);
        builder.Function(type, [0x20, 0x00, 0x10, 0x00], export: "run");
        return TestModules.Export<Func>(TestModules.Instantiate(store, builder, Func.FromHost(store, Unary, callback)), "run");
    }
}
