using Mik.TestKit;
using Mik.Wasm.Runtime;
using Mik.Wasm.Runtime.Allocation;
using Mik.Wasm.Types;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class MemoryTests
{
    // local.get 0; i32.load
    private static readonly byte[] Load = [0x20, 0x00, 0x28, 0x02, 0x00];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loads_trap_exactly_past_the_end(bool explicitChecks)
    {
        using var store = new Store(explicitChecks ? TestModules.CheckedEngine : TestModules.Engine);
        var run = TestModules.Run(store, Load);

        Assert.Equal(0u, TestModules.Call(run, 65_532));
        foreach (var address in (uint[])[65_533, 65_536, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])
        {
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<TrapException>(() => TestModules.Call(run, address)).Code);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_largest_address_plus_the_largest_offset_traps(bool explicitChecks)
    {
        using var store = new Store(explicitChecks ? TestModules.CheckedEngine : TestModules.Engine);
        var run = TestModules.Run(store, [0x20, 0x00, 0x29, 0x03, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0xA7]);

        foreach (var address in (uint[])[0, 1, 0x8000_0000, 0xFFFF_FFFF])
        {
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<TrapException>(() => TestModules.Call(run, address)).Code);
        }
    }

    [Fact]
    public void Growth_stops_at_the_declared_maximum_without_blaming_the_limit()
    {
        using var store = new Store(TestModules.Engine);
        var run = TestModules.Run(store, [0x20, 0x00, 0x40, 0x00]);

        Assert.Equal(1u, TestModules.Call(run, 3));
        Assert.Equal(uint.MaxValue, TestModules.Call(run, 1));
        Assert.False(store.MemoryLimitHit);
    }

    [Fact]
    public void Growth_stops_at_the_store_s_limit_and_says_so()
    {
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxMemoryBytes = 2 * 65_536 });
        var run = TestModules.Run(store, [0x20, 0x00, 0x40, 0x00]);

        Assert.Equal(1u, TestModules.Call(run, 1));
        Assert.Equal(uint.MaxValue, TestModules.Call(run, 1));
        Assert.True(store.MemoryLimitHit);
    }

    [Fact]
    public void A_minimum_above_the_limit_is_refused()
    {
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxMemoryBytes = 65_536 });

        Assert.Throws<TrapException>(() => Memory.Create(store, new MemoryType(new Limits(2, null))));
        Assert.True(store.MemoryLimitHit);
    }

    [Fact]
    public void The_limit_counts_all_memories_of_the_store_together()
    {
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxMemoryBytes = 3 * 65_536 });
        var first = Memory.Create(store, new MemoryType(new Limits(1, null)));
        var second = Memory.Create(store, new MemoryType(new Limits(1, null)));

        Assert.Equal(1, first.Grow(1));
        Assert.Equal(-1, second.Grow(1));
        Assert.True(store.MemoryLimitHit);
        Assert.Throws<TrapException>(() => Memory.Create(store, new MemoryType(new Limits(1, null))));
    }

    [Fact]
    public void Grown_pages_are_zero_and_keep_the_old_content_where_it_was()
    {
        using var store = new Store(TestModules.Engine);
        var memory = Memory.Create(store, new MemoryType(new Limits(1, 3)));
        memory.Slice(0, 1)[0] = 5;

        Assert.Equal(1, memory.Grow(2));

        Assert.Equal(3 * 65_536, memory.Length);
        Assert.Equal(5, memory.Slice(0, 1)[0]);
        Assert.False(memory.Slice(65_536, 2 * 65_536).ContainsAnyExcept((byte)0));
        Assert.Throws<TrapException>(() => memory.Slice(3 * 65_536, 1).Length);
    }

    [Fact]
    public void Instances_of_two_stores_never_share_bytes()
    {
        using var first = new Store(TestModules.Engine);
        using var second = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        builder.Memory(1, 1, export: "memory");
        var module = TestModules.Engine.Compile(builder.Build(), "test");

        TestModules.Export<Memory>(module.Instantiate(first, []), "memory").Slice(0, 65_536).Fill(1);
        var other = TestModules.Export<Memory>(module.Instantiate(second, []), "memory");

        Assert.False(other.Slice(0, 65_536).ContainsAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void Every_page_is_set_back_whether_it_was_written_before_or_not(bool isInUse)
    {
        const int PageSize = 4096;
        const int Pages = 64;
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        builder.Memory(4, 4, export: "memory");
        var instance = TestModules.Engine.Compile(builder.Build(), "test").Instantiate(store, []);
        var memory = TestModules.Export<Memory>(instance, "memory");
        memory.Slice(0, Pages * PageSize).Fill(1);
        var image = instance.Capture();
        instance.Restore(image);
        var quick = 0;
        for (var round = 0; round < 2000; round++)
        {
            // Round after round fewer pages are new.
            var unseen = store.UnseenWrites;
            if (isInUse)
            {
                store.BeginUse();
            }

            memory.Slice((ulong)((round * 7 % Pages) * PageSize), 8).Fill(2);
            if (isInUse)
            {
                store.EndUse();
            }

            quick += store.UnseenWrites == unseen ? 1 : 0;
            instance.Restore(image);

            // Read behind the back of the store, which takes every look from outside of a use for a write.
            Assert.False(new ReadOnlySpan<byte>((void*)memory.BaseAddress, Pages * PageSize).ContainsAnyExcept((byte)1), $"round {round}");
        }

        Assert.Equal(isInUse && FaultCount.IsAvailable, quick > 0);
    }
}
