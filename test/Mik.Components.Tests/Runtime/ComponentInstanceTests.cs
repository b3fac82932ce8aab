using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.Runtime;

/// <summary>
/// A guest with the host's resource <c>thing</c>: <c>keep</c> takes ownership and returns the handle's number, <c>drop</c> drops
/// a handle, <c>look</c> passes a handle on to the host as a borrow, <c>give</c> returns ownership of a handle, and
/// <c>borrowed</c> takes a borrow and does not drop it.
/// </summary>
public sealed class ComponentInstanceTests : IDisposable
{
    private const byte I32 = WasmModuleBuilder.I32;

    private readonly List<object> _dropped = [];
    private readonly List<object> _seen = [];
    private readonly Engine _engine = new();
    private readonly ComponentInstance _instance;
    private bool _hostFails;

    public ComponentInstanceTests()
    {
        var thing = new HostResourceType("thing", _dropped.Add);
        var linker = new ComponentLinker();
        linker.Interface("test:host/things@0.2.0")
            .Resource(thing)
            .Func("look", ComponentFuncType.Of(null, new WitField("it", WitType.Borrow(thing))), (state, arguments) =>
            {
                Assert.Equal("state", state);
                if (_hostFails)
                {
                    throw new InvalidOperationException("the host's own failure");
                }

                _seen.Add(arguments[0].AsResource<object>());
                return default;
            });
        _instance = linker.Prepare(Component.Compile(_engine, Guest(), "guest")).Instantiate(new Store(_engine), "state");
    }

    public void Dispose() => _instance.Dispose();

    [Fact]
    public void Owned_object_is_dropped_when_the_guest_drops_it()
    {
        var handle = Call("keep", ComponentValue.Resource("a"));
        Assert.Empty(_dropped);

        Call("drop", handle);

        Assert.Equal(["a"], _dropped);
    }

    [Fact]
    public void Objects_the_guest_keeps_are_dropped_with_the_instance()
    {
        Call("keep", ComponentValue.Resource("a"));
        Call("keep", ComponentValue.Resource("b"));

        _instance.Dispose();
        _instance.Dispose();

        Assert.Equal(["a", "b"], _dropped.Order());
    }

    [Fact]
    public void Borrow_shows_the_host_its_object()
    {
        var handle = Call("keep", ComponentValue.Resource("a"));

        Call("look", handle);
        Call("look", handle);

        Assert.Equal(["a", "a"], _seen);
        Assert.Empty(_dropped);
    }

    [Fact]
    public void Object_given_back_is_the_hosts_again()
    {
        var handle = Call("keep", ComponentValue.Resource("a"));

        var given = Call("give", handle);
        _instance.Dispose();

        Assert.Equal("a", given.AsResource<string>());
        Assert.Empty(_dropped);
    }

    [Fact]
    public void Unknown_handle_traps_and_the_instance_is_unusable_afterwards()
    {
        var trap = Assert.Throws<TrapException>(() => Call("drop", ComponentValue.U32(7)));
        Assert.Equal(TrapCode.HostRefused, trap.Code);

        var again = Assert.Throws<TrapException>(() => Call("keep", ComponentValue.Resource("a")));

        Assert.Contains("cannot enter component instance", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Handle_cannot_be_used_after_it_was_dropped()
    {
        var handle = Call("keep", ComponentValue.Resource("a"));
        Call("drop", handle);

        Assert.Throws<TrapException>(() => Call("look", handle));
    }

    [Fact]
    public void Borrow_that_outlives_its_call_traps()
    {
        var trap = Assert.Throws<TrapException>(() => Call("borrowed", ComponentValue.Resource("a")));

        Assert.Contains("borrow handles still remain", trap.Message, StringComparison.Ordinal);
        Assert.Empty(_dropped);
    }

    [Fact]
    public void Failure_of_the_host_passes_through_unchanged_and_ends_the_instance()
    {
        var handle = Call("keep", ComponentValue.Resource("a"));
        _hostFails = true;

        var failure = Assert.Throws<InvalidOperationException>(() => Call("look", handle));

        Assert.Equal("the host's own failure", failure.Message);
        Assert.Throws<TrapException>(() => Call("keep", ComponentValue.Resource("b")));
    }

    [Fact]
    public void Disposed_instance_cannot_be_called()
    {
        var keep = _instance.GetFunc(null, "keep")!;
        _instance.Dispose();

        Assert.Throws<ObjectDisposedException>(() => keep.Call(ComponentValue.Resource("a")));
    }

    [Fact]
    public void Wrong_number_of_arguments_is_the_caller_s_mistake()
    {
        Assert.Throws<ArgumentException>(() => _instance.GetFunc(null, "keep")!.Call());
        Call("keep", ComponentValue.Resource("a"));
    }

    private ComponentValue Call(string name, ComponentValue argument) => _instance.GetFunc(null, name)!.Call(argument);

    private static byte[] Guest()
    {
        // In the component's types: 0 the interface, 1 thing, 2 own, 3 borrow, then the functions.
        var look = ComponentBytes.FuncType([("it", [1])], null);
        return new ComponentBytes()
            .Types(ComponentBytes.InstanceType(
                ComponentBytes.DeclareResource("thing"),
                ComponentBytes.DeclareType([0x68, 0]),
                ComponentBytes.DeclareType(look),
                ComponentBytes.DeclareFunc("look", 2)))
            .Import("test:host/things@0.2.4", 0x05, 0)
            .Alias(3, 0, "thing")
            .Types(
                [0x69, 1],
                [0x68, 1],
                ComponentBytes.FuncType([("it", [2])], [ComponentBytes.U32]),
                ComponentBytes.FuncType([("it", [ComponentBytes.U32])], null),
                ComponentBytes.FuncType([("it", [ComponentBytes.U32])], [2]),
                ComponentBytes.FuncType([("it", [3])], null))
            .Alias(1, 0, "look")
            .Lower(0)
            .Section(8, 1, 0x03, 1)
            .CoreInstance(("look", 0), ("drop", 1))
            .CoreModule(Core())
            .CoreInstantiate(0, ("host", 0))
            .AliasCore(0, 1, "same")
            .AliasCore(0, 1, "look")
            .AliasCore(0, 1, "drop")
            .AliasCore(0, 1, "nothing")
            .Lift(2, 4)
            .Export("keep", 0x01, 1)
            .Lift(3, 5)
            .Export("look", 0x01, 3)
            .Lift(4, 5)
            .Export("drop", 0x01, 5)
            .Lift(2, 6)
            .Export("give", 0x01, 7)
            .Lift(5, 7)
            .Export("borrowed", 0x01, 9)
            .Build();
    }

    private static byte[] Core()
    {
        var module = new WasmModuleBuilder();
        var takes = module.Type([I32], []);
        var maps = module.Type([I32], [I32]);
        var look = module.ImportFunction("host", "look", takes);
        var drop = module.ImportFunction("host", "drop", takes);
        module.Function(maps, [0x20, 0], "same");
        module.Function(takes, [0x20, 0, 0x10, (byte)look], "look");
        module.Function(takes, [0x20, 0, 0x10, (byte)drop], "drop");
        module.Function(takes, [], "nothing");
        return module.Build();
    }
}
