using Mik.Components.Linking;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.Linking;

public sealed class ComponentPreTests
{
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
}
