using System.Runtime.CompilerServices;
using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class EngineTests
{
    [Fact]
    public void Unloadable_code_goes_with_its_module()
    {
        var engine = new Engine(new EngineOptions { Unloadable = true });
        var code = RunAndForget(engine);

        // Unloading takes several collections: the code, then what kept track of it.
        for (var i = 0; i < 20 && code.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(code.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunAndForget(Engine engine)
    {
        using var store = new Store(engine);
        var builder = new WasmModuleBuilder();
        builder.Function(builder.Type([WasmModuleBuilder.I32], [WasmModuleBuilder.I32]), [0x20, 0x00], export: "run");
        var module = engine.Compile(builder.Build(), "test");
        Assert.Equal(5U, TestModules.Call(TestModules.Export<Func>(module.Instantiate(store, []), "run"), 5));
        return new WeakReference(module);
    }
}
