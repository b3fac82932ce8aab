using Mik.TestKit;
using Mik.Wasm.Runtime;

namespace Mik.Wasm.Tests.Runtime;

/// <summary>Small modules that the runtime tests share, and the engines of both memory modes.</summary>
internal static class TestModules
{
    private const byte I32 = WasmModuleBuilder.I32;

    public static Engine Engine { get; } = new();

    public static Engine CheckedEngine { get; } = new(new EngineOptions { MemoryBounds = MemoryBounds.ExplicitChecks });

    /// <summary>Runs <paramref name="code"/> as the exported function <c>run</c>: (i32) -> i32, with one page of memory.</summary>
    public static Func Run(Store store, byte[] code, params byte[] locals)
    {
        var builder = new WasmModuleBuilder();
        var type = builder.Type([I32], [I32]);
        builder.Memory(1, 4, export: "memory");
        builder.Function(type, code, export: "run", name: "runner", locals);
        return Export<Func>(Instantiate(store, builder), "run");
    }

    public static Instance Instantiate(Store store, WasmModuleBuilder builder, params Extern[] imports) =>
        store.Engine.Compile(builder.Build(), "test").Instantiate(store, imports);

    public static T Export<T>(Instance instance, string name)
        where T : Extern => (T)instance.GetExport(name)!;

    public static uint Call(Func function, uint argument)
    {
        Span<ulong> results = stackalloc ulong[1];
        function.Invoke([argument], results);
        return (uint)results[0];
    }
}
