using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class StoreTests
{
    // loop br 0 end; i32.const 0
    private static readonly byte[] EndlessLoop = [0x03, 0x40, 0x0C, 0x00, 0x0B, 0x41, 0x00];

    [Fact]
    public async Task An_endless_loop_ends_when_another_thread_interrupts_the_store()
    {
        using var store = new Store(TestModules.Engine);
        var run = TestModules.Run(store, EndlessLoop);

        var guest = Task.Factory.StartNew(() => Assert.Throws<TrapException>(() => TestModules.Call(run, 0)), TaskCreationOptions.LongRunning);
        store.Interrupt();

        Assert.Equal(TrapCode.Interrupted, (await guest).Code);
    }

    [Fact]
    public async Task Exponential_recursion_without_a_loop_ends_when_interrupted()
    {
        using var store = new Store(TestModules.Engine);
        var run = Doubling(store);

        var guest = Task.Factory.StartNew(() => Assert.Throws<TrapException>(() => TestModules.Call(run, 200)), TaskCreationOptions.LongRunning);
        store.Interrupt();

        Assert.Equal(TrapCode.Interrupted, (await guest).Code);
    }

    [Fact]
    public void An_interrupted_store_refuses_guest_code_that_starts_later()
    {
        using var store = new Store(TestModules.Engine);
        store.Interrupt();
        var run = TestModules.Run(store, EndlessLoop);

        Assert.True(store.IsInterrupted);
        Assert.Equal(TrapCode.Interrupted, Assert.Throws<TrapException>(() => TestModules.Call(run, 0)).Code);
    }

    [Fact]
    public void Unbounded_recursion_traps_and_the_process_lives()
    {
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        var type = builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]);
        // local.get 0; call 0; i32.const 1; i32.add
        builder.Function(type, [0x20, 0x00, 0x10, 0x00, 0x41, 0x01, 0x6A], export: "run");
        var run = TestModules.Export<Func>(TestModules.Instantiate(store, builder), "run");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TrapCode.StackExhausted, Assert.Throws<TrapException>(() => TestModules.Call(run, 0)).Code);
        }
    }

    [Fact]
    public void Recursion_through_the_host_traps_too()
    {
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        var type = builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]);
        builder.ImportFunction("host", "again", type);
        builder.Function(type, [0x20, 0x00, 0x10, 0x00], export: "run");
        Func? run = null;
        var again = Func.FromHost(store, new([Wasm.Types.ValType.I32], [Wasm.Types.ValType.I32]), (arguments, results) => run!.Invoke(arguments, results));
        run = TestModules.Export<Func>(TestModules.Instantiate(store, builder, again), "run");

        Assert.Equal(TrapCode.StackExhausted, Assert.Throws<TrapException>(() => TestModules.Call(run, 0)).Code);
    }

    [Fact]
    public void A_disposed_store_refuses_calls()
    {
        var store = new Store(TestModules.Engine);
        var run = TestModules.Run(store, [0x41, 0x01]);
        store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => TestModules.Call(run, 0));
        store.Interrupt();
        store.Dispose();
    }

    // f(n) = n == 0 ? 1 : f(n-1) + f(n-1)
    private static Func Doubling(Store store)
    {
        var builder = new WasmModuleBuilder();
        var type = builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]);
        byte[] less = [0x20, 0x00, 0x41, 0x01, 0x6B, 0x10, 0x00];
        builder.Function(type, [0x20, 0x00, 0x45, 0x04, 0x7F, 0x41, 0x01, 0x05, .. less, .. less, 0x6A, 0x0B], export: "run");
        return TestModules.Export<Func>(TestModules.Instantiate(store, builder), "run");
    }
}
