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

    [Fact]
    public void An_interrupted_loop_does_not_begin_another_round()
    {
        // loop call 0 br 0 end
        Assert.Equal(3, RoundsUntilInterrupted(interruptInRound: 3, [0x03, 0x40, 0x10, 0x00, 0x0C, 0x00, 0x0B, 0x41, 0x00]));
    }

    [Fact]
    public void An_interrupted_recursion_does_not_go_deeper()
    {
        // call 0; local.get 0; call 1
        Assert.Equal(3, RoundsUntilInterrupted(interruptInRound: 3, [0x10, 0x00, 0x20, 0x00, 0x10, 0x01]));
    }

    [Fact]
    public void An_interrupted_chain_of_tail_calls_does_not_go_on()
    {
        // call 0; local.get 0; return_call 1
        Assert.Equal(3, RoundsUntilInterrupted(interruptInRound: 3, [0x10, 0x00, 0x20, 0x00, 0x12, 0x01]));
    }

    [Fact]
    public void An_interrupted_fill_or_copy_stops_within_a_mebibyte()
    {
        const int Pages = 64;
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        var type = builder.Type([], []);
        builder.Memory(Pages, export: "memory");
        byte[] length = [0x41, 0x80, 0x80, 0x80, 0x02]; // 4 MiB
        byte[] half = [0x41, 0x80, 0x80, 0x80, 0x01]; // 2 MiB
        builder.Function(type, [0x41, 0x00, 0x41, 0x07, .. length, 0xFC, 0x0B, 0x00], export: "fill");
        builder.Function(type, [.. half, 0x41, 0x00, .. half, 0xFC, 0x0A, 0x00, 0x00], export: "copy");
        var instance = TestModules.Instantiate(store, builder);
        var memory = TestModules.Export<Memory>(instance, "memory");
        store.Interrupt();

        Assert.Equal(TrapCode.Interrupted, Assert.Throws<TrapException>(() => TestModules.Export<Func>(instance, "fill").Invoke([], [])).Code);
        Assert.Equal(1 << 20, memory.Slice(0, Pages << 16).IndexOf((byte)0));

        // A copy upwards begins at the end.
        Assert.Equal(TrapCode.Interrupted, Assert.Throws<TrapException>(() => TestModules.Export<Func>(instance, "copy").Invoke([], [])).Code);
        Assert.Equal(-1, memory.Slice(2 << 20, 1 << 20).IndexOf((byte)7));
    }

    [Fact]
    public void Memories_of_all_instances_share_the_limit()
    {
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxMemoryBytes = 10 * 65_536 });
        var grow = Enumerable.Range(0, 3).Select(_ => Growing(store)).ToList();

        Assert.Equal(1u, TestModules.Call(grow[0], 4));
        Assert.Equal(1u, TestModules.Call(grow[1], 3));
        Assert.Equal(uint.MaxValue, TestModules.Call(grow[2], 1));
        Assert.Equal(uint.MaxValue, TestModules.Call(grow[0], uint.MaxValue));
        Assert.True(store.MemoryLimitHit);
        Assert.Throws<TrapException>(() => Growing(store));
    }

    [Fact]
    public void Tables_of_all_instances_share_the_limit()
    {
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxTableElements = 100 });
        var first = WithTable(store, 40);
        var second = WithTable(store, 40);
        var grow = TestModules.Export<Func>(second, "grow");

        Assert.Equal(40u, TestModules.Call(grow, 20));
        Assert.Equal(uint.MaxValue, TestModules.Call(grow, 1));
        Assert.Equal(uint.MaxValue, TestModules.Call(TestModules.Export<Func>(first, "grow"), 1));
        Assert.True(store.MemoryLimitHit);
        Assert.Contains("limit of 100", Assert.Throws<TrapException>(() => WithTable(store, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_an_instance_back_gives_its_table_elements_back()
    {
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxTableElements = 100 });
        var instance = WithTable(store, 40);
        var image = instance.Capture();
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(40u, TestModules.Call(TestModules.Export<Func>(instance, "grow"), 60));
            instance.Restore(image);
        }
    }

    [Fact]
    public void No_more_memories_are_made_than_allowed_however_small()
    {
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxMemories = 3 });
        var empty = new Wasm.Types.MemoryType(new(0, null));
        Memory.Create(store, empty);
        var builder = new WasmModuleBuilder();
        builder.Memory(0);
        builder.Memory(0);
        TestModules.Instantiate(store, builder);

        Assert.Equal(TrapCode.HostRefused, Assert.Throws<TrapException>(() => Memory.Create(store, empty)).Code);
        Assert.Throws<TrapException>(() => TestModules.Instantiate(store, builder));
    }

    [Fact]
    public void No_more_instances_are_made_than_allowed()
    {
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxInstances = 2 });
        Growing(store);
        Growing(store);

        Assert.Equal(TrapCode.HostRefused, Assert.Throws<TrapException>(() => Growing(store)).Code);
    }

    [Fact]
    public void Stack_of_a_store_ends_where_its_limit_says()
    {
        var shallow = DepthUntilExhausted(64 * 1024);
        var deep = DepthUntilExhausted(512 * 1024);

        // Unloadable code is optimized from the first call on: the frames are alike, so eight times the stack holds about eight times as many.
        Assert.InRange(deep / shallow, 6, 10);
    }

    [Fact]
    public async Task Stores_run_on_all_cores_and_are_interrupted_one_by_one()
    {
        var threads = Math.Max(2, Environment.ProcessorCount);
        var stores = Enumerable.Range(0, 2 * threads).Select(static _ => new Store(TestModules.Engine)).ToList();
        using var inside = new CountdownEvent(stores.Count);

        // All are inside their guests at once; every other one is then stopped, which the rest must not notice.
        using var isInterrupted = new ManualResetEventSlim();
        var runs = stores.Select((store, i) => Task.Factory.StartNew(
            () =>
            {
                var run = Looping(store, rounds: 1000 + i, () =>
                {
                    inside.Signal();
                    isInterrupted.Wait(TestContext.Current.CancellationToken);
                });
                return i % 2 == 0
                    ? (ulong)Assert.Throws<TrapException>(() => TestModules.Call(run, 0)).Code
                    : TestModules.Call(run, 0);
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToList();
        inside.Wait(TestContext.Current.CancellationToken);
        for (var i = 0; i < stores.Count; i += 2)
        {
            stores[i].Interrupt();
        }

        isInterrupted.Set();
        var results = await Task.WhenAll(runs);

        Assert.Equal(Enumerable.Range(0, stores.Count).Select(static i => i % 2 == 0 ? (ulong)TrapCode.Interrupted : 1000UL + (ulong)i), results);
        stores.ForEach(static store => store.Dispose());
    }

    // Guest code calls function 0 once a round; another thread interrupts while it does so for the given time.
    private static int RoundsUntilInterrupted(int interruptInRound, byte[] code)
    {
        using var store = new Store(TestModules.Engine);
        var rounds = 0;
        var builder = new WasmModuleBuilder();
        var tick = builder.Type([], []);
        var type = builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]);
        builder.ImportFunction("host", "tick", tick);
        builder.Function(type, code, export: "run");
        var host = Func.FromHost(store, new([], []), (_, _) =>
        {
            if (++rounds == interruptInRound)
            {
                var other = new Thread(store.Interrupt);
                other.Start();
                other.Join();
            }
        });
        var run = TestModules.Export<Func>(TestModules.Instantiate(store, builder, host), "run");

        Assert.Equal(TrapCode.Interrupted, Assert.Throws<TrapException>(() => TestModules.Call(run, 0)).Code);
        return rounds;
    }

    // Counts to a number, calling the host in the first round.
    private static Func Looping(Store store, int rounds, Action inFirstRound)
    {
        var builder = new WasmModuleBuilder();
        var tick = builder.Type([], []);
        var type = builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]);
        builder.ImportFunction("host", "tick", tick);

        // call 0; loop (local.tee 0 (local.get 0 + 1)) != rounds br_if 0 end; local.get 0
        builder.Function(
            type,
            [0x10, 0x00, 0x03, 0x40, 0x20, 0x00, 0x41, 0x01, 0x6A, 0x22, 0x00, 0x41, (byte)((rounds & 0x7F) | 0x80), (byte)(rounds >> 7), 0x47, 0x0D, 0x00, 0x0B, 0x20, 0x00],
            export: "run");
        var host = Func.FromHost(store, new([], []), (_, _) => inFirstRound());
        return TestModules.Export<Func>(TestModules.Instantiate(store, builder, host), "run");
    }

    private static Func Growing(Store store)
    {
        var builder = new WasmModuleBuilder();
        var type = builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]);
        builder.Memory(1);
        builder.Function(type, [0x20, 0x00, 0x40, 0x00], export: "grow");
        return TestModules.Export<Func>(TestModules.Instantiate(store, builder), "grow");
    }

    private static Instance WithTable(Store store, int elements)
    {
        var builder = new WasmModuleBuilder();
        var type = builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]);
        builder.Table(WasmModuleBuilder.FuncRef, elements);
        builder.Function(type, [0xD0, 0x70, 0x20, 0x00, 0xFC, 0x0F, 0x00], export: "grow");
        return TestModules.Instantiate(store, builder);
    }

    private static int DepthUntilExhausted(int stackBytes)
    {
        using var store = new Store(new Engine(new EngineOptions { Unloadable = true }), new StoreLimits { MaxStackBytes = stackBytes });
        var depth = 0;
        var builder = new WasmModuleBuilder();
        var tick = builder.Type([], []);
        var type = builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]);
        builder.ImportFunction("host", "tick", tick);

        // call 0; local.get 0; call 1; i32.const 1; i32.add
        builder.Function(type, [0x10, 0x00, 0x20, 0x00, 0x10, 0x01, 0x41, 0x01, 0x6A], export: "run");
        var host = Func.FromHost(store, new([], []), (_, _) => depth++);
        var run = TestModules.Export<Func>(TestModules.Instantiate(store, builder, host), "run");
        Assert.Equal(TrapCode.StackExhausted, Assert.Throws<TrapException>(() => TestModules.Call(run, 0)).Code);
        return depth;
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
