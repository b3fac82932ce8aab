using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.Linking;

public sealed class ComponentLinkerTests
{
    private static readonly byte[] TakesString = ComponentBytes.FuncType([("text", [ComponentBytes.String])], null);
    private static readonly ComponentFuncType StringToNothing = ComponentFuncType.Of(null, new WitField("text", WitType.String));

    [Theory]
    [InlineData("test:host/log@0.2.0", "test:host/log@0.2.12")]
    [InlineData("test:host/log@0.2.12", "test:host/log@0.2.0")]
    [InlineData("test:host/log@0.2", "test:host/log@0.2.3")]
    [InlineData("test:host/log@1.0.0", "test:host/log@1.7.2")]
    [InlineData("test:host/log", "test:host/log")]
    public void Import_is_served_by_a_compatible_version(string imported, string provided)
    {
        var heard = new List<string>();
        var linker = new ComponentLinker();
        linker.Interface(provided).Func("write", StringToNothing, (_, arguments) =>
        {
            heard.Add(arguments[0].AsString);
            return default;
        });
        var engine = new Engine();
        var pre = linker.Prepare(Component.Compile(engine, Forwarding(imported), "guest"));

        using var instance = pre.Instantiate(new Store(engine), null);
        instance.GetFunc(null, "run")!.Call(ComponentValue.String("hé"));

        Assert.Equal(["hé"], heard);
    }

    [Theory]
    [InlineData("test:host/log@0.2.0", "test:host/log@0.3.0")]
    [InlineData("test:host/log@0.0.1", "test:host/log@0.0.2")]
    [InlineData("test:host/log@1.0.0", "test:host/log@2.0.0")]
    [InlineData("test:host/log@0.2.0-rc.1", "test:host/log@0.2.0")]
    [InlineData("test:host/log", "test:host/log@0.2.0")]
    public void Import_of_an_incompatible_version_is_named_as_missing(string imported, string provided)
    {
        var linker = new ComponentLinker();
        linker.Interface(provided).Func("write", StringToNothing, static (_, _) => default);
        var component = Component.Compile(new Engine(), Forwarding(imported), "guest");

        var error = Assert.Throws<LinkException>(() => linker.Prepare(component));

        Assert.Contains($"component imports {imported} function `write`, which this host does not provide", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Function_of_another_type_is_refused_with_both_types()
    {
        var linker = new ComponentLinker();
        linker.Interface("test:host/log").Func(
            "write", ComponentFuncType.Of(WitType.U32, new WitField("n", WitType.U8)), static (_, _) => default);
        var component = Component.Compile(new Engine(), Forwarding("test:host/log"), "guest");

        var error = Assert.Throws<LinkException>(() => linker.Prepare(component));

        Assert.Contains("func(text: string)", error.Message, StringComparison.Ordinal);
        Assert.Contains("func(n: u8) -> u32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_missing_is_listed_at_once()
    {
        var bytes = new ComponentBytes()
            .Types(ComponentBytes.InstanceType(
                ComponentBytes.DeclareResource("thing"),
                ComponentBytes.DeclareType(TakesString),
                ComponentBytes.DeclareFunc("first", 1),
                ComponentBytes.DeclareFunc("second", 1)))
            .Import("a:b/c@1.0.0", 0x05, 0)
            .Build();

        var error = Assert.Throws<LinkException>(() => new ComponentLinker().Prepare(Component.Compile(new Engine(), bytes, "guest")));

        Assert.Contains("resource `thing`", error.Message, StringComparison.Ordinal);
        Assert.Contains("function `first`", error.Message, StringComparison.Ordinal);
        Assert.Contains("function `second`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Interface_with_types_only_needs_nothing_from_the_host()
    {
        byte[] record = [0x72, .. ComponentBytes.Vector([.. ComponentBytes.Name("seconds"), 0x77])];
        var bytes = new ComponentBytes()
            .Types(ComponentBytes.InstanceType(
                ComponentBytes.DeclareType(record), [0x04, .. ComponentBytes.ExternName("datetime"), 0x03, 0x00, 0]))
            .Import("unknown:clocks/wall-clock@0.2.3", 0x05, 0)
            .Build();
        var engine = new Engine();

        using var instance = new ComponentLinker().Prepare(Component.Compile(engine, bytes, "guest")).Instantiate(new Store(engine), null);

        Assert.Null(instance.GetFunc(null, "datetime"));
    }

    [Fact]
    public void One_resource_is_the_same_in_two_imported_versions()
    {
        var things = new HostResourceType("thing");
        var linker = new ComponentLinker();
        linker.Interface("a:b/c@0.2.12")
            .Resource(things)
            .Func("make", ComponentFuncType.Of(WitType.Own(things)), static (_, _) => ComponentValue.Resource("it"));
        byte[] own = [0x69, 0];
        var interfaceType = ComponentBytes.InstanceType(
            ComponentBytes.DeclareResource("thing"),
            ComponentBytes.DeclareType(own),
            ComponentBytes.DeclareType(ComponentBytes.FuncType([], [1])),
            ComponentBytes.DeclareFunc("make", 2));
        var bytes = new ComponentBytes()
            .Types(interfaceType)
            .Import("a:b/c@0.2.0", 0x05, 0)
            .Import("a:b/c@0.2.6", 0x05, 0)
            .Alias(1, 0, "make")
            .Alias(1, 1, "make")
            .Export("first", 0x05, 0)
            .Export("second", 0x05, 1)
            .Build();
        var engine = new Engine();

        using var instance = linker.Prepare(Component.Compile(engine, bytes, "guest")).Instantiate(new Store(engine), null);

        var first = instance.GetFunc("first", "make")!;
        Assert.Equal(first.Type, instance.GetFunc("second", "make")!.Type);
        Assert.Equal(WitType.Own(things), first.Type.Result);
    }

    [Fact]
    public void Core_modules_and_nested_instances_come_from_the_host()
    {
        // (import "host" (instance (export "m" (core module)) (export "inner" (instance (export "f" (func))))))
        var engine = new Engine();
        var inner = ComponentBytes.InstanceType(
            ComponentBytes.DeclareType(ComponentBytes.FuncType([], null)), ComponentBytes.DeclareFunc("f", 0));
        var type = ComponentBytes.InstanceType(
            [0x00, 0x50, 0x00],
            [0x04, .. ComponentBytes.ExternName("m"), 0x00, 0x11, 0],
            ComponentBytes.DeclareType(inner),
            [0x04, .. ComponentBytes.ExternName("inner"), 0x05, 0]);
        var component = Component.Compile(engine, new ComponentBytes().Types(type).Import("host", 0x05, 0).Build(), "guest");
        var linker = new ComponentLinker();
        var host = linker.Interface("host");

        var missing = Assert.Throws<LinkException>(() => linker.Prepare(component));
        host.Func("m", ComponentFuncType.Of(null), static (_, _) => default);
        host.Instance("inner").Func("f", ComponentFuncType.Of(null), static (_, _) => default);
        var mistaken = Assert.Throws<LinkException>(() => linker.Prepare(component));

        Assert.Contains("host core module `m`, which this host does not provide", missing.Message, StringComparison.Ordinal);
        Assert.Contains("host inner function `f`, which this host does not provide", missing.Message, StringComparison.Ordinal);
        Assert.Contains("host core module `m`, and this host provides a function of that name", mistaken.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("inner", mistaken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Core_module_of_the_host_must_fit_the_type_it_is_imported_with()
    {
        var engine = new Engine();
        var needsNothing = ComponentBytes.InstanceType([0x00, 0x50, 0x00], [0x04, .. ComponentBytes.ExternName("m"), 0x00, 0x11, 0]);
        var component = Component.Compile(engine, new ComponentBytes().Types(needsNothing).Import("host", 0x05, 0).Build(), "guest");
        var fits = new ComponentLinker();
        fits.Interface("host").CoreModule("m", engine.Compile(GuestModules.Echo(), "echo"));
        var needsMore = new ComponentLinker();
        needsMore.Interface("host").CoreModule("m", engine.Compile(GuestModules.Forward(), "forward"));

        fits.Prepare(component);
        var error = Assert.Throws<LinkException>(() => needsMore.Prepare(component));

        Assert.Contains("missing expected import `host::f`", error.Message, StringComparison.Ordinal);
    }

    internal static byte[] Forwarding(string import)
    {
        byte[][] stringOptions = [[0x03, 0], [0x04, 0]];
        return new ComponentBytes()
            .Types(
                ComponentBytes.InstanceType(ComponentBytes.DeclareType(TakesString), ComponentBytes.DeclareFunc("write", 0)),
                TakesString)
            .Import(import, 0x05, 0)
            .CoreModule(GuestModules.Echo())
            .CoreModule(GuestModules.Forward())
            .CoreInstantiate(0)
            .AliasCore(2, 0, "mem")
            .AliasCore(0, 0, "realloc")
            .Alias(1, 0, "write")
            .Lower(0, [0x03, 0])
            .CoreInstance(("f", 1))
            .Section(1, Sharing())
            .CoreInstantiate(2, ("host", 1), ("env", 0))
            .AliasCore(0, 2, "run")
            .Lift(2, 1, stringOptions)
            .Export("run", 0x01, 1)
            .Build();
    }

    // As GuestModules.Forward, but with the memory of another instance.
    private static byte[] Sharing()
    {
        var module = new WasmModuleBuilder();
        var pair = module.Type([WasmModuleBuilder.I32, WasmModuleBuilder.I32], []);
        var import = module.ImportFunction("host", "f", pair);
        module.ImportMemory("env", "mem", 1);
        module.Function(pair, [0x20, 0, 0x20, 1, 0x10, (byte)import], "run");
        return module.Build();
    }
}
