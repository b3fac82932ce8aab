using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class StoreTests
{
    // local.get 0; memory.grow
    private static readonly byte[] MemoryGrow = [0x20, 0x00, 0x40, 0x00];

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
    public async Task A_store_that_is_stopped_for_its_owner_ends_like_an_interrupted_one_and_says_why()
    {
        using var store = new Store(TestModules.Engine);
        var run = TestModules.Run(store, EndlessLoop);

        var guest = Task.Factory.StartNew(() => Assert.Throws<TrapException>(() => TestModules.Call(run, 0)), TaskCreationOptions.LongRunning);
        store.StopForOwner();

        Assert.Equal(TrapCode.Interrupted, (await guest).Code);
        Assert.True(store.IsStoppedForOwner);
    }

    [Fact]
    public void Memories_and_tables_of_all_stores_are_their_owners_and_come_back()
    {
        const int Page = 65_536;
        var owner = new FakeOwner(4 * Page);
        var limits = new StoreLimits { Owner = owner };
        using (var first = new Store(TestModules.Engine, limits))
        using (var second = new Store(TestModules.Engine, limits))
        {
            var grow = TestModules.Run(first, MemoryGrow);
            TestModules.Run(second, MemoryGrow);
            Assert.Equal(2 * Page, owner.Taken);

            Assert.Equal(1u, TestModules.Call(grow, 1));
            Assert.False(first.OwnerRefusedMemory);
            Assert.Equal(uint.MaxValue, TestModules.Call(grow, 2));
            Assert.True(first.OwnerRefusedMemory);
            Assert.False(second.OwnerRefusedMemory);
            Table.Create(second, new(Wasm.Types.ValType.FuncRef, new(Page / 8, null)));
            Assert.Equal(4 * Page, owner.Taken);
            Assert.Throws<TrapException>(() => Table.Create(second, new(Wasm.Types.ValType.FuncRef, new(1, null))));
            Assert.Throws<TrapException>(() => TestModules.Run(second, MemoryGrow));
        }

        Assert.Equal(0, owner.Taken);
    }

    [Fact]
    public void A_table_that_grows_takes_from_its_owner_and_is_refused_what_is_not_there()
    {
        var owner = new FakeOwner(100 * 8);
        using var store = new Store(TestModules.Engine, new StoreLimits { Owner = owner });
        var table = Table.Create(store, new(Wasm.Types.ValType.FuncRef, new(10, null)));

        Assert.Equal(10, table.Grow(0, 20));
        Assert.Equal(40 * 8, owner.Taken);
        Assert.Equal(-1, table.Grow(0, 1000));
        Assert.Equal(30, table.Length);
    }

    [Fact]
    public void A_store_that_waits_for_its_next_use_is_not_counted()
    {
        var owner = new FakeOwner(65_536);
        using var store = new Store(TestModules.Engine, new StoreLimits { Owner = owner });
        TestModules.Run(store, MemoryGrow);
        store.Park();
        Assert.Equal(0, owner.Taken);
        Assert.True(store.TryUnpark());
        Assert.Equal(65_536, owner.Taken);
        store.Park();
        owner.TryTakeMemory(1);

        Assert.False(store.TryUnpark());
        store.Dispose();
        Assert.Equal(1, owner.Taken);
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

    private sealed class FakeOwner(long limit) : IStoreOwner
    {
        public long Taken { get; private set; }

        public bool TryTakeMemory(long bytes)
        {
            if (bytes > limit - Taken)
            {
                return false;
            }

            Taken += bytes;
            return true;
        }

        public void ReturnMemory(long bytes) => Taken -= bytes;

        public void BeginUse(Store store)
        {
        }

        public void EndUse(Store store)
        {
        }
    }
}
