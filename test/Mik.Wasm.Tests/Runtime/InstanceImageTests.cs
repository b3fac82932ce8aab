using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class InstanceImageTests
{
    private const byte I32 = WasmModuleBuilder.I32;

    [Fact]
    public void Restoring_undoes_every_change()
    {
        using var store = new Store(TestModules.Engine);
        var instance = Mutable(store);
        var image = instance.Capture();

        Mutate(instance);
        instance.Restore(image);

        AssertAsCaptured(instance);
    }

    [Fact]
    public void An_image_can_be_set_on_another_instance()
    {
        using var first = new Store(TestModules.Engine);
        using var second = new Store(TestModules.Engine);
        var module = TestModules.Engine.Compile(MutableModule(), "test");
        var original = module.Instantiate(first, []);
        TestModules.Export<Memory>(original, "memory").Slice(100_000, 4).Fill(3);
        var image = original.Capture();
        first.Dispose();

        var copy = module.Instantiate(second, []);
        Mutate(copy);
        copy.Restore(image);

        AssertAsCaptured(copy);
        Assert.Equal([3, 3, 3, 3], TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).ToArray());
    }

    [Fact]
    public void An_instance_made_of_an_image_starts_where_the_image_was_taken()
    {
        using var first = new Store(TestModules.Engine);
        using var second = new Store(TestModules.Engine);
        var module = TestModules.Engine.Compile(MutableModule(), "test");
        var original = module.Instantiate(first, []);
        TestModules.Export<Memory>(original, "memory").Slice(100_000, 4).Fill(3);
        var image = original.Capture();
        first.Dispose();

        for (var round = 0; round < 2; round++)
        {
            var copy = module.Instantiate(second, [], image);

            AssertAsCaptured(copy);
            Assert.Equal([3, 3, 3, 3], TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).ToArray());
            Mutate(copy);
            TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).Fill(9);
            copy.Restore(image);

            AssertAsCaptured(copy);
            Assert.Equal([3, 3, 3, 3], TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).ToArray());
            Mutate(copy);
        }
    }

    [Fact]
    public void An_image_of_another_module_is_refused()
    {
        using var store = new Store(TestModules.Engine);
        var image = Mutable(store).Capture();

        Assert.Throws<ArgumentException>(() => Mutable(store).Restore(image));
    }

    private static Instance Mutable(Store store) => TestModules.Engine.Compile(MutableModule(), "test").Instantiate(store, []);

    private static byte[] MutableModule()
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

    private static void Mutate(Instance instance)
    {
        TestModules.Call(TestModules.Export<Func>(instance, "mutate"), 99);
        var memory = TestModules.Export<Memory>(instance, "memory");
        Assert.Equal(2, memory.Grow(3));
        memory.Slice(0, 5 * 65_536).Fill(0xEE);
    }

    private static void AssertAsCaptured(Instance instance)
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
