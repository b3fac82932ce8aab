using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class InitialMemoryTests
{
    private const int Large = 100_000;

    [Fact]
    public void Every_instance_starts_with_the_data_and_keeps_its_writes_to_itself()
    {
        var module = ModuleWith(Large);
        for (var i = 0; i < 4; i++)
        {
            using var store = new Store(TestModules.Engine);
            var memory = (Memory)module.Instantiate(store, []).GetExport("memory")!;

            Assert.Equal(3 * 65_536, memory.Length);
            Assert.Equal(0, memory.Slice(9, 1)[0]);
            Assert.Equal(7, memory.Slice(10, 1)[0]);
            Assert.Equal(7, memory.Slice(10 + Large - 1, 1)[0]);
            Assert.Equal(0, memory.Slice(10 + Large, 1)[0]);
            Assert.Equal(5, memory.Slice(60_000, 1)[0]);

            memory.Slice(0, 3 * 65_536).Fill(0xEE);
            Assert.Equal(3, memory.Grow(1));
            Assert.Equal(0, memory.Slice(3 * 65_536, 1)[0]);
        }
    }

    [Fact]
    public void Only_much_data_is_kept_as_an_image()
    {
        Assert.Null(ImageAfterFirstInstance(ModuleWith(1000)));
        Assert.Equal(OperatingSystem.IsLinux(), ImageAfterFirstInstance(ModuleWith(Large)) is not null);
    }

    [Fact]
    public void A_limit_below_the_data_is_still_kept()
    {
        var module = ModuleWith(Large);
        Assert.Equal(OperatingSystem.IsLinux(), ImageAfterFirstInstance(module) is not null);
        using var store = new Store(TestModules.Engine, new StoreLimits { MaxMemoryBytes = 65_536 });

        Assert.Throws<TrapException>(() => module.Instantiate(store, []));
        Assert.True(store.MemoryLimitHit);
    }

    private static Mik.Wasm.Runtime.Allocation.MemoryImage? ImageAfterFirstInstance(Module module)
    {
        using var store = new Store(TestModules.Engine);
        module.Instantiate(store, []);
        return module.InitialMemory.Image;
    }

    private static Module ModuleWith(int length)
    {
        var content = new byte[length];
        Array.Fill(content, (byte)7);
        var builder = new WasmModuleBuilder();
        builder.Memory(3, export: "memory");
        builder.Data(10, content);
        builder.Data(60_000, 5);
        return TestModules.Engine.Compile(builder.Build(), "data");
    }
}
