using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

/// <summary>An instance with something of everything that guests change.</summary>
internal static class MutableInstance
{
    private const byte I32 = WasmModuleBuilder.I32;

    public static Instance Create(Store store) => TestModules.Engine.Compile(Module(), "test").Instantiate(store, []);

    public static byte[] Module()
    {
        var builder = new WasmModuleBuilder();
        var type = builder.Type([I32], [I32]);
        builder.Table(WasmModuleBuilder.FuncRef, 2, 10, export: "table");
        builder.Memory(2, 8, export: "memory");
        builder.Global(I32, isMutable: true, [0x41, 0x05], export: "global");
        // Clears the table, grows it by one and sets the global.
        builder.Function(
            type,
            [0x41, 0, 0xD0, 0x70, 0x26, 0, 0xD0, 0x70, 0x41, 1, 0xFC, 0x0F, 0, 0x1A, 0x20, 0, 0x24, 0, 0x41, 0],
            export: "mutate");
        builder.Elements(0, 0, 0);
        builder.Data(16, 1, 2, 3, 4);
        return builder.Build();
    }

    public static void Mutate(Instance instance)
    {
        TestModules.Call(TestModules.Export<Func>(instance, "mutate"), 99);
        var memory = TestModules.Export<Memory>(instance, "memory");
        Assert.Equal(2, memory.Grow(3));
        memory.Slice(0, 5 * 65_536).Fill(0xEE);
    }

    public static void AssertAsCaptured(Instance instance)
    {
        var memory = TestModules.Export<Memory>(instance, "memory");
        var table = TestModules.Export<Table>(instance, "table");
        Assert.Equal(2 * 65_536, memory.Length);
        Assert.Equal([0, 1, 2, 3, 4, 0], memory.Slice(15, 6).ToArray());
        Assert.False(memory.Slice(20, 65_536).ContainsAnyExcept((byte)0));
        Assert.Equal(5ul, TestModules.Export<Global>(instance, "global").Value);
        Assert.Equal(2, table.Length);
        Assert.NotNull(table.GetFunc(0));
    }
}
