using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.Linking;

public sealed class ComponentPreTests
{
    private const byte I32 = WasmModuleBuilder.I32;

    private static readonly Engine Engine = new();
    private static readonly StoreLimits Limits = new() { MaxMemoryBytes = 64 << 20 };

    [Theory]
    [InlineData("wasi:http/incoming-handler@0.2.0", "wasi:http/incoming-handler@0.2.3")]
    [InlineData("wasi:http/incoming-handler@0.2.3", "wasi:http/incoming-handler@0.2.3")]
    [InlineData("wasi:http/incoming-handler@0.3.0", null)]
    [InlineData("wasi:http/types@0.2.0", null)]
    public void Export_is_found_by_a_compatible_version(string wanted, string? found)
    {
        var bytes = new ComponentBytes()
            .Section(5, [1, 0x01, 0])
            .Export("wasi:http/incoming-handler@0.2.3", 0x05, 0)
            .Build();

        var pre = new ComponentLinker().Prepare(Component.Compile(new Engine(), bytes, "guest"));

        Assert.Equal(found, pre.FindExport(wanted));
    }

    [Fact]
    public void Each_instance_has_its_own_memory()
    {
        var engine = new Engine();
        var pre = new ComponentLinker().Prepare(Component.Compile(engine, EchoComponent.Bytes(ComponentBytes.String), "guest"));
        using var first = pre.Instantiate(new Store(engine), null);
        using var second = pre.Instantiate(new Store(engine), null);
        var one = first.GetFunc(null, "echo")!.Call(ComponentValue.String("one"));

        var two = second.GetFunc(null, "echo")!.Call(ComponentValue.String("two"));

        Assert.Equal("one", one.AsString);
        Assert.Equal("two", two.AsString);
    }

    [Fact]
    public void Idle_instance_is_not_in_its_owner_s_account_and_goes_to_no_other_owner()
    {
        using var pre = Counter();
        var (owner, other) = (new FakeOwner(), new FakeOwner());
        var limits = Limits with { Owner = owner };
        pre.Return(pre.Instantiate(new Store(Engine, limits), null));
        Assert.Equal(0, owner.Taken);

        var again = pre.TryTakeIdle(limits, null)!;
        Assert.NotEqual(0, owner.Taken);
        pre.Return(again);
        Assert.Null(pre.TryTakeIdle(Limits with { Owner = other }, null));
        pre.Return(pre.Instantiate(new Store(Engine, limits), null));
        owner.IsPoor = true;
        Assert.Null(pre.TryTakeIdle(limits, null));
        Assert.Equal((0, 0), (owner.Taken, other.Taken));
    }

    [Fact]
    public void Idle_instance_starts_where_a_new_one_does()
    {
        using var pre = Counter();
        var first = New(pre);
        Assert.Equal([1u, 2u, 3u], [Count(first), Count(first), Count(first)]);

        pre.Return(first);
        using var second = pre.TryTakeIdle(Limits, "second")!;

        Assert.Same(first, second);
        Assert.Equal([1u, 2u], [Count(second), Count(second)]);
    }

    [Fact]
    public void There_is_nothing_idle_but_what_was_returned()
    {
        using var pre = Counter();
        Assert.Null(pre.TryTakeIdle(Limits, null));

        pre.Return(New(pre));
        using var taken = pre.TryTakeIdle(Limits, null);

        Assert.NotNull(taken);
        Assert.Null(pre.TryTakeIdle(Limits, null));
    }

    [Fact]
    public void Idle_instance_with_other_limits_is_not_handed_out()
    {
        using var pre = Counter();
        pre.Return(New(pre));

        Assert.Null(pre.TryTakeIdle(Limits with { MaxMemoryBytes = 1 << 20 }, null));
    }

    [Fact]
    public void Instance_that_trapped_or_was_interrupted_is_not_used_again()
    {
        using var pre = Counter();
        var trapped = New(pre);
        Assert.Throws<TrapException>(() => trapped.GetFunc(null, "fail")!.Call());
        var interrupted = New(pre);
        interrupted.Store.Interrupt();

        pre.Return(trapped);
        pre.Return(interrupted);

        Assert.Null(pre.TryTakeIdle(Limits, null));
        Assert.Throws<ObjectDisposedException>(() => Count(trapped));
    }

    [Fact]
    public void Instances_returned_after_disposal_are_let_go()
    {
        var pre = Counter();
        var instance = New(pre);
        pre.Dispose();

        pre.Return(instance);

        Assert.Null(pre.TryTakeIdle(Limits, null));
        Assert.Throws<ObjectDisposedException>(() => Count(instance));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Instance_that_asked_the_host_for_something_while_it_started_is_made_anew(bool asks)
    {
        // What the host answers (the time, randomness) belongs to one instance and must not become every one's.
        var answers = 0;
        var linker = new ComponentLinker();
        linker.Interface("test:host/things@0.2.0").Func("ask", ComponentFuncType.Of(null), (_, _) =>
        {
            answers++;
            return default;
        });
        var module = new WasmModuleBuilder();
        var nothing = module.Type([], []);
        var ask = module.ImportFunction("host", "ask", nothing);
        var start = module.Function(nothing, asks ? [0x10, (byte)ask] : [0x01]);
        module.Start(start);
        var engine = new Engine();
        using var pre = linker.Prepare(Component.Compile(engine, new ComponentBytes()
            .Types(ComponentBytes.InstanceType(ComponentBytes.DeclareType(ComponentBytes.FuncType([], null)), ComponentBytes.DeclareFunc("ask", 0)))
            .Import("test:host/things@0.2.0", 0x05, 0)
            .Alias(1, 0, "ask")
            .Lower(0)
            .CoreInstance(("ask", 0))
            .CoreModule(module.Build())
            .CoreInstantiate(0, ("host", 0))
            .Build(), "guest"));

        pre.Return(pre.Instantiate(new Store(engine, Limits), null));
        using var idle = pre.TryTakeIdle(Limits, null);

        Assert.Equal(asks ? 1 : 0, answers);
        Assert.Equal(asks, idle is null);
    }

    [Fact]
    public void Component_that_instantiates_exponentially_many_others_is_refused()
    {
        var component = new ComponentBytes().Nested(new ComponentBytes());
        for (var i = 0; i < 20; i++)
        {
            component = new ComponentBytes().Nested(component.Section(5, [2, 0x00, 0, 0, 0x00, 0, 0]));
        }

        var bytes = component.Section(5, [1, 0x00, 0, 0]).Build();

        Assert.Throws<LinkException>(() => new ComponentLinker().Prepare(Component.Compile(new Engine(), bytes, "guest")));
    }

    /// <summary>Exports <c>count</c>, which adds up what memory, a global and a table's length say of earlier calls, and <c>fail</c>.</summary>
    private static ComponentPre Counter()
    {
        var module = new WasmModuleBuilder();
        module.Memory(1);
        module.Global(I32, isMutable: true, [0x41, 0]);
        module.Table(WasmModuleBuilder.FuncRef, 1);
        module.Function(
            module.Type([], [I32]),
            [
                0x41, 8, 0x41, 8, 0x28, 2, 0, 0x41, 1, 0x6A, 0x36, 2, 0, // memory[8] += 1
                0x23, 0, 0x41, 1, 0x6A, 0x24, 0, // global += 1
                0xD0, 0x70, 0x41, 1, 0xFC, 0x0F, 0, 0x1A, // grow the table by 1
                0x41, 8, 0x28, 2, 0, 0x23, 0, 0x6A, 0xFC, 0x10, 0, 0x6A, 0x41, 1, 0x6B, 0x41, 3, 0x6E, // (memory[8] + global + length - 1) / 3
            ],
            export: "count");
        module.Function(module.Type([], []), [0x00], export: "fail");
        return new ComponentLinker().Prepare(Component.Compile(Engine, new ComponentBytes()
            .CoreModule(module.Build())
            .CoreInstantiate(0)
            .AliasCore(0, 0, "count")
            .AliasCore(0, 0, "fail")
            .Types(ComponentBytes.FuncType([], [ComponentBytes.U32]), ComponentBytes.FuncType([], null))
            .Lift(0, 0)
            .Lift(1, 1)
            .Export("count", 0x01, 0)
            .Export("fail", 0x01, 1)
            .Build(), "guest"));
    }

    private static ComponentInstance New(ComponentPre pre) => pre.Instantiate(new Store(Engine, Limits), null);

    private static uint Count(ComponentInstance instance) => instance.GetFunc(null, "count")!.Call().AsU32;

    private sealed class FakeOwner : IStoreOwner
    {
        public long Taken { get; private set; }

        public bool IsPoor { get; set; }

        public bool TryTakeMemory(long bytes)
        {
            Taken += IsPoor ? 0 : bytes;
            return !IsPoor;
        }

        public void ReturnMemory(long bytes) => Taken -= bytes;

        public void BeginUse(Store store)
        {
        }

        public void EndUse(Store store)
        {
        }
    }
}
