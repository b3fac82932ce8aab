using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class InstanceCheckpointTests
{
    private const byte I32 = WasmModuleBuilder.I32;

    [Fact]
    public void Going_back_undoes_every_change_every_time()
    {
        using var store = new Store(TestModules.Engine);
        var instance = MutableInstance.Create(store);
        var checkpoint = instance.Checkpoint();

        for (var round = 0; round < 3; round++)
        {
            MutableInstance.Mutate(instance);
            instance.Restore(checkpoint);

            MutableInstance.AssertAsCaptured(instance);
        }
    }

    [Fact]
    public void Instances_that_share_a_checkpoints_memory_go_back_each_for_itself()
    {
        using var one = new Store(TestModules.Engine);
        using var other = new Store(TestModules.Engine);
        var module = TestModules.Engine.Compile(MutableInstance.Module(), "test");
        var (first, second) = (module.Instantiate(one, []), module.Instantiate(other, []));
        var start = first.Checkpoint();
        var twin = second.Checkpoint(start);
        MutableInstance.Mutate(first);
        MutableInstance.Mutate(second);

        second.Restore(twin);
        MutableInstance.AssertAsCaptured(second);
        Assert.Equal(0xEE, TestModules.Export<Memory>(first, "memory").Slice(0, 1)[0]);
        first.Restore(start);
        MutableInstance.AssertAsCaptured(first);
    }

    [Fact]
    public void A_table_may_hold_functions_of_another_instance()
    {
        using var store = new Store(TestModules.Engine);
        var holder = new WasmModuleBuilder();
        holder.Table(WasmModuleBuilder.FuncRef, 2, 4, export: "table");
        holder.Function(holder.Type([I32], [I32]), [0x41, 0, 0xD0, 0x70, 0x26, 0, 0x20, 0], export: "clear"); // table[0] = null
        var table = TestModules.Engine.Compile(holder.Build(), "holder").Instantiate(store, []);
        var filler = new WasmModuleBuilder();
        var seven = filler.Function(filler.Type([], [I32]), [0x41, 7], export: "seven");
        filler.ImportTable("holder", "table", WasmModuleBuilder.FuncRef, 2, 4);
        filler.Elements(0, seven);
        _ = TestModules.Engine.Compile(filler.Build(), "filler").Instantiate(store, [table.GetExport("table")!]);
        var checkpoint = table.Checkpoint();

        TestModules.Call(TestModules.Export<Func>(table, "clear"), 0);
        Assert.Null(TestModules.Export<Table>(table, "table").GetFunc(0));
        table.Restore(checkpoint);

        Assert.NotNull(TestModules.Export<Table>(table, "table").GetFunc(0));
    }
}
