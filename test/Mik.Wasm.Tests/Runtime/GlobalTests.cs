using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Mik.Wasm.Types;
using Xunit;
using static Mik.Wasm.Tests.Binary.ModuleBytes;

namespace Mik.Wasm.Tests.Runtime;

public sealed class GlobalTests
{
    private static readonly UInt128 Value = new(0x1122_3344_5566_7788, 0x99AA_BBCC_DDEE_FF00);

    [Fact]
    public void Vector_globals_are_imported_initialized_changed_and_exported()
    {
        using var store = new Store(TestModules.Engine);
        var (instance, imported) = Start(store);
        var own = (Global)instance.GetExport("own")!;

        Assert.Equal(Value, own.Bits);
        Assert.Equal((ulong)Value, own.Value);
        Assert.Equal((UInt128)7, ((Global)instance.GetExport("after")!).Bits);

        ((Func)instance.GetExport("set")!).Invoke([3, 4], []);

        Assert.Equal(new UInt128(4, 3), own.Bits);
        Assert.Equal(new UInt128(4, 3), imported.Bits);
        Assert.Equal((UInt128)7, ((Global)instance.GetExport("after")!).Bits);
    }

    [Fact]
    public void Restoring_sets_vector_globals_back()
    {
        using var store = new Store(TestModules.Engine);
        var (instance, _) = Start(store);
        var image = instance.Capture();
        ((Func)instance.GetExport("set")!).Invoke([3, 4], []);

        instance.Restore(image);

        Assert.Equal(Value, ((Global)instance.GetExport("own")!).Bits);
    }

    // Two mutable vectors: an imported one, and one of its own that starts with a constant; and an i32 behind it.
    private static (Instance Instance, Global Imported) Start(Store store)
    {
        var module = new ModuleBytes()
            .Types(FuncType([V128], []))
            .Items(2, [.. Name("m"), .. Name("g"), 3, V128, 1])
            .Functions(0)
            .Items(6, [V128, 1, 0xFD, 0x0C, .. BitConverter.GetBytes(Value), End], [I32, 0, 0x41, 7, End])
            .Items(7, [.. Name("set"), 0, 0], [.. Name("own"), 3, 1], [.. Name("after"), 3, 2])
            .Code([0x20, 0, 0x24, 0, 0x23, 0, 0x24, 1])
            .ToArray();
        var imported = Global.Create(store, new GlobalType(ValType.V128, IsMutable: true), Value);
        return (TestModules.Engine.Compile(module, "m").Instantiate(store, [imported]), imported);
    }
}
