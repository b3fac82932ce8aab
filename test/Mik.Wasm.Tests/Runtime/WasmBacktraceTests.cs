using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class WasmBacktraceTests
{
    [Fact]
    public void A_trap_names_the_functions_that_were_running_innermost_first()
    {
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        var type = builder.Type([], []);
        // Loops keep the JIT compiler from inlining the functions into each other.
        byte[] loop = [0x03, 0x40, 0x0B];
        builder.Function(type, [.. loop, 0x00], name: "innermost");
        builder.Function(type, [.. loop, 0x10, 0x00]);
        builder.Function(type, [.. loop, 0x10, 0x01], export: "run", name: "outermost");
        var run = TestModules.Export<Func>(TestModules.Instantiate(store, builder), "run");

        var trap = Assert.Throws<TrapException>(() => run.Invoke([], []));

        Assert.Equal(
            ["test!innermost", "test!<function 1>", "test!outermost"],
            trap.Backtrace.Frames.Select(static f => f.ToString()));
    }

    [Fact]
    public void A_fault_in_memory_has_a_backtrace_too()
    {
        using var store = new Store(TestModules.Engine);
        var run = TestModules.Run(store, [0x41, 0x7F, 0x28, 0x02, 0x00]);

        var trap = Assert.Throws<TrapException>(() => TestModules.Call(run, 0));

        Assert.Equal("runner", Assert.Single(trap.Backtrace.Frames).Function);
    }

    [Fact]
    public void Deep_recursion_is_cut_short()
    {
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        var type = builder.Type([], []);
        builder.Function(type, [0x10, 0x00, 0x01], export: "run");
        var run = TestModules.Export<Func>(TestModules.Instantiate(store, builder), "run");

        var trap = Assert.Throws<TrapException>(() => run.Invoke([], []));

        Assert.Equal(64, trap.Backtrace.Frames.Length);
        Assert.True(trap.Backtrace.Omitted > 100);

        // What a log shows of it.
        Assert.StartsWith("call stack exhausted\n  0: test!", trap.ToString(), StringComparison.Ordinal);
        Assert.True(trap.ToString().Length < 10_000);
    }
}
