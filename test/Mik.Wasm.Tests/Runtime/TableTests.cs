using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class TableTests
{
    private const byte I32 = WasmModuleBuilder.I32;

    [Fact]
    public void A_function_taken_from_a_table_can_be_called()
    {
        using var store = new Store(TestModules.Engine);
        var builder = new WasmModuleBuilder();
        var type = builder.Type([I32], [I32]);
        builder.Table(WasmModuleBuilder.FuncRef, 2, export: "table");
        builder.Function(type, [0x20, 0x00, 0x41, 0x01, 0x6A]);
        builder.Elements(1, 0);
        var table = TestModules.Export<Table>(TestModules.Instantiate(store, builder), "table");

        Assert.Null(table.GetFunc(0));
        Assert.Equal(8u, TestModules.Call(table.GetFunc(1)!, 7));
        Assert.Throws<TrapException>(() => table.GetFunc(2));
    }

    [Fact]
    public void A_thousand_growths_by_one_element_keep_the_content()
    {
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxTableElements = 1_000 });
        var builder = new WasmModuleBuilder();
        var type = builder.Type([I32], [I32]);
        builder.Table(WasmModuleBuilder.FuncRef, 1, export: "table");
        builder.Function(type, [0xD0, 0x70, 0x41, 1, 0xFC, 0x0F, 0], export: "grow");
        builder.Elements(0, 0);
        var instance = TestModules.Instantiate(store, builder);
        var grow = TestModules.Export<Func>(instance, "grow");
        var table = TestModules.Export<Table>(instance, "table");

        for (var size = 1u; size < 1_000; size++)
        {
            Assert.Equal(size, TestModules.Call(grow, 0));
        }

        Assert.Equal(uint.MaxValue, TestModules.Call(grow, 0));
        Assert.True(store.MemoryLimitHit);
        Assert.Equal(1_000, table.Length);
        Assert.NotNull(table.GetFunc(0));
    }
}
