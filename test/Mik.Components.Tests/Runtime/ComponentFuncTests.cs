using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.Runtime;

public sealed class ComponentFuncTests
{
    [Fact]
    public void String_goes_in_and_comes_out()
    {
        var result = CallEcho(EchoComponent.Bytes(ComponentBytes.String), ComponentValue.String("grüß dich 😀"));

        Assert.Equal("grüß dich 😀", result.AsString);
    }

    [Fact]
    public void Bytes_go_in_and_come_out()
    {
        var result = CallEcho(EchoComponent.Bytes(0, 0x70, ComponentBytes.U8), ComponentValue.Bytes([1, 2, 255]));

        Assert.Equal([1, 2, 255], result.AsBytes.ToArray());
    }

    [Fact]
    public void List_of_strings_goes_in_and_comes_out()
    {
        var result = CallEcho(
            EchoComponent.Bytes(0, 0x70, ComponentBytes.String),
            ComponentValue.Values(ComponentValue.String("a"), ComponentValue.String(""), ComponentValue.String("żółw")));

        Assert.Equal(["a", "", "żółw"], result.AsValues.ToArray().Select(static v => v.AsString));
    }

    [Fact]
    public void Type_is_the_declared_one()
    {
        var engine = new Engine();
        using var instance = Instantiate(engine, EchoComponent.Bytes(ComponentBytes.String));

        Assert.Equal(
            ComponentFuncType.Of(WitType.String, new WitField("it", WitType.String)), instance.GetFunc(null, "echo")!.Type);
        Assert.Null(instance.GetFunc(null, "other"));
        Assert.Null(instance.GetFunc("a:b/c", "echo"));
    }

    [Fact]
    public void One_component_calls_another_inside_it()
    {
        // The inner component echoes; the outer one instantiates it twice and passes its function through itself.
        var inner = new ComponentBytes().Section(0, ComponentBytes.Name("inner"));
        var types = ComponentBytes.FuncType([("it", [ComponentBytes.String])], [ComponentBytes.String]);
        byte[][] options = [[0x03, 0], [0x04, 0]];
        inner.Types(types)
            .CoreModule(GuestModules.Echo())
            .CoreInstantiate(0)
            .AliasCore(2, 0, "mem")
            .AliasCore(0, 0, "realloc")
            .AliasCore(0, 0, "echo")
            .Lift(1, 0, [.. options, [0x02]])
            .Export("echo", 0x01, 0);
        var bytes = new ComponentBytes()
            .Types(types)
            .Nested(inner)
            .Section(5, 1, 0x00, 0, 0)
            .Alias(1, 0, "echo")
            .CoreModule(GuestModules.Echo())
            .CoreModule(Calling())
            .CoreInstantiate(0)
            .AliasCore(2, 0, "mem")
            .AliasCore(0, 0, "realloc")
            .Lower(0, options)
            .CoreInstance(("f", 1))
            .CoreInstantiate(1, ("host", 1))
            .AliasCore(0, 2, "run")
            .Lift(2, 0, options)
            .Export("echo", 0x01, 1)
            .Build();

        Assert.Equal("zażółć", CallEcho(bytes, ComponentValue.String("zażółć")).AsString);
    }

    private static ComponentValue CallEcho(byte[] component, ComponentValue argument)
    {
        using var instance = Instantiate(new Engine(), component);
        return instance.GetFunc(null, "echo")!.Call(argument);
    }

    private static ComponentInstance Instantiate(Engine engine, byte[] component) =>
        new ComponentLinker().Prepare(Component.Compile(engine, component, "guest")).Instantiate(new Store(engine), null);

    // Calls f with its own arguments and a place for the result, which it returns.
    private static byte[] Calling()
    {
        const byte I32 = WasmModuleBuilder.I32;
        var module = new WasmModuleBuilder();
        var import = module.ImportFunction("host", "f", module.Type([I32, I32, I32], []));
        module.Function(module.Type([I32, I32], [I32]), [0x20, 0, 0x20, 1, 0x41, 32, 0x10, (byte)import, 0x41, 32], "run");
        return module.Build();
    }
}
