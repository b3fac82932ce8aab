using Mik.TestKit;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class InstanceBuilderTests
{
    private const byte I32 = WasmModuleBuilder.I32;

    [Fact]
    public void An_import_of_another_type_is_unlinkable_and_named()
    {
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        builder.ImportFunction("env", "f", builder.Type([I32], []));
        var wrong = Func.FromHost(store, new FuncType([], []), static (_, _) => { });

        var error = Assert.Throws<LinkException>(() => TestModules.Instantiate(store, builder, wrong));

        Assert.Contains("env.f", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_memory_smaller_than_imported_is_unlinkable()
    {
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        builder.ImportMemory("env", "memory", 2);
        var small = Memory.Create(store, new MemoryType(new Limits(1, null)));

        Assert.Throws<LinkException>(() => TestModules.Instantiate(store, builder, small));
        Assert.Equal(1, small.Grow(1));
        TestModules.Instantiate(store, builder, small);
    }

    [Fact]
    public void A_segment_past_the_end_traps_after_the_ones_before_it_were_written()
    {
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        builder.ImportMemory("env", "memory", 1);
        builder.Data(0, 1, 2);
        builder.Data(65_535, 3, 4);
        var memory = Memory.Create(store, new MemoryType(new Limits(1, null)));

        Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<TrapException>(() => TestModules.Instantiate(store, builder, memory)).Code);

        Assert.Equal([1, 2], memory.Slice(0, 2).ToArray());
    }

    [Fact]
    public void The_start_function_runs_once()
    {
        using var store = new Store(TestModules.Engine);
        var calls = 0;
        var builder = new WasmModuleBuilder();
        var start = builder.ImportFunction("env", "start", builder.Type([], []));
        builder.Start(start);

        TestModules.Instantiate(store, builder, Func.FromHost(store, new FuncType([], []), (_, _) => calls++));

        Assert.Equal(1, calls);
    }

    [Fact]
    public void Things_of_another_store_are_refused()
    {
        using var store = new Store(TestModules.Engine);
        using var other = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        builder.ImportMemory("env", "memory", 1);
        var foreign = Memory.Create(other, new MemoryType(new Limits(1, null)));

        Assert.Throws<ArgumentException>(() => TestModules.Instantiate(store, builder, foreign));
    }
}
