using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class InstanceImageTests
{
    [Fact]
    public void Restoring_undoes_every_change()
    {
        using var store = new Store(TestModules.Engine);
        var instance = MutableInstance.Create(store);
        var image = instance.Capture();

        MutableInstance.Mutate(instance);
        instance.Restore(image);

        MutableInstance.AssertAsCaptured(instance);
    }

    [Fact]
    public void An_image_can_be_set_on_another_instance()
    {
        using var first = new Store(TestModules.Engine);
        using var second = new Store(TestModules.Engine);
        var module = TestModules.Engine.Compile(MutableInstance.Module(), "test");
        var original = module.Instantiate(first, []);
        TestModules.Export<Memory>(original, "memory").Slice(100_000, 4).Fill(3);
        var image = original.Capture();
        first.Dispose();

        var copy = module.Instantiate(second, []);
        MutableInstance.Mutate(copy);
        copy.Restore(image);

        MutableInstance.AssertAsCaptured(copy);
        Assert.Equal([3, 3, 3, 3], TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).ToArray());
    }

    [Fact]
    public void An_instance_made_of_an_image_starts_where_the_image_was_taken()
    {
        using var first = new Store(TestModules.Engine);
        using var second = new Store(TestModules.Engine);
        var module = TestModules.Engine.Compile(MutableInstance.Module(), "test");
        var original = module.Instantiate(first, []);
        TestModules.Export<Memory>(original, "memory").Slice(100_000, 4).Fill(3);
        var image = original.Capture();
        first.Dispose();

        for (var round = 0; round < 2; round++)
        {
            var copy = module.Instantiate(second, [], image);

            MutableInstance.AssertAsCaptured(copy);
            Assert.Equal([3, 3, 3, 3], TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).ToArray());
            MutableInstance.Mutate(copy);
            TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).Fill(9);
            copy.Restore(image);

            MutableInstance.AssertAsCaptured(copy);
            Assert.Equal([3, 3, 3, 3], TestModules.Export<Memory>(copy, "memory").Slice(100_000, 4).ToArray());
            MutableInstance.Mutate(copy);
        }
    }

    [Fact]
    public void An_image_of_another_module_is_refused()
    {
        using var store = new Store(TestModules.Engine);
        var image = MutableInstance.Create(store).Capture();

        Assert.Throws<ArgumentException>(() => MutableInstance.Create(store).Restore(image));
    }
}
