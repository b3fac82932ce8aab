using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.Runtime;

/// <summary>Who may call into an instance while a call of it is under way.</summary>
public sealed class GuestInstanceTests
{
    private static readonly byte[] Nothing = ComponentBytes.FuncType([], null);

    [Fact]
    public void Instance_may_call_what_it_lifted_itself_also_while_it_is_instantiated()
    {
        var callee = new WasmModuleBuilder();
        callee.Global(WasmModuleBuilder.I32, isMutable: true, [0x41, 0]);
        callee.Function(callee.Type([], []), [0x23, 0, 0x41, 1, 0x6A, 0x24, 0], "f");
        callee.Function(callee.Type([], [WasmModuleBuilder.I32]), [0x23, 0], "count");
        var bytes = new ComponentBytes()
            .Types(Nothing, ComponentBytes.FuncType([], [ComponentBytes.U32]))
            .CoreModule(callee.Build())
            .CoreInstantiate(0)
            .AliasCore(0, 0, "f")
            .Lift(0, 0)
            .Lower(0)
            .CoreInstance(("f", 1))
            .CoreModule(Caller(whenStarted: true))
            .CoreInstantiate(1, ("host", 1))
            .AliasCore(0, 0, "count")
            .Lift(2, 1)
            .Export("count", 0x01, 1);
        var engine = new Engine();

        using var instance = new ComponentLinker().Prepare(Component.Compile(engine, bytes.Build(), "guest")).Instantiate(new Store(engine), null);

        Assert.Equal(1u, instance.GetFunc(null, "count")!.Call().AsU32);
    }

    [Fact]
    public void Host_cannot_enter_an_instance_that_waits_for_it()
    {
        ComponentFunc? run = null;
        var linker = new ComponentLinker();
        linker.Interface("test:host/again").Func("f", ComponentFuncType.Of(null), (_, _) => run!.Call());
        var bytes = new ComponentBytes()
            .Types(ComponentBytes.InstanceType(ComponentBytes.DeclareType(Nothing), ComponentBytes.DeclareFunc("f", 0)), Nothing)
            .Import("test:host/again", 0x05, 0)
            .Alias(1, 0, "f")
            .Lower(0)
            .CoreInstance(("f", 0))
            .CoreModule(Caller(whenStarted: false))
            .CoreInstantiate(0, ("host", 0))
            .AliasCore(0, 1, "run")
            .Lift(1, 1)
            .Export("run", 0x01, 1);
        var engine = new Engine();
        using var instance = linker.Prepare(Component.Compile(engine, bytes.Build(), "guest")).Instantiate(new Store(engine), null);
        run = instance.GetFunc(null, "run")!;

        var trap = Assert.Throws<TrapException>(() => run.Call());

        Assert.Contains("cannot enter component instance", trap.Message, StringComparison.Ordinal);
    }

    // (module (import "host" "f" (func)) (func (export "run") (call 0)))
    private static byte[] Caller(bool whenStarted)
    {
        var module = new WasmModuleBuilder();
        var type = module.Type([], []);
        var import = module.ImportFunction("host", "f", type);
        var run = module.Function(type, [0x10, (byte)import], "run");
        if (whenStarted)
        {
            module.Start(run);
        }

        return module.Build();
    }
}
