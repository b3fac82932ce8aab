using Mik.Components.Binary;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.Binary;

public sealed class ComponentDecoderTests
{
    [Fact]
    public void Empty_component_has_no_definitions() =>
        Assert.Empty(ComponentDecoder.Decode(new ComponentBytes().Build()).Definitions);

    [Fact]
    public void Core_module_is_told_apart_with_advice()
    {
        byte[] module = [0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00];

        var error = Assert.Throws<ModuleFormatException>(() => ComponentDecoder.Decode(module));

        Assert.False(ComponentDecoder.IsComponent(module));
        Assert.Contains("core WebAssembly module", error.Message, StringComparison.Ordinal);
        Assert.Contains("wasi:http/incoming-handler", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Component_is_recognised_by_its_first_bytes()
    {
        Assert.True(ComponentDecoder.IsComponent(new ComponentBytes().Build()));
        Assert.False(ComponentDecoder.IsComponent([0x00, 0x61]));
    }

    [Fact]
    public void Sections_come_in_any_order_and_number()
    {
        var bytes = new ComponentBytes()
            .Types([0x79])
            .Section(0, [.. ComponentBytes.Name("note"), 1, 2, 3])
            .CoreModule(GuestModules.Echo())
            .Types([0x70, 0x79])
            .CoreInstantiate(0)
            .Build();

        var definitions = ComponentDecoder.Decode(bytes).Definitions;

        Assert.Collection(
            definitions,
            static d => Assert.IsType<PrimitiveSyntax>(Assert.IsType<TypeDefinition>(d).Type),
            static d => Assert.IsType<CoreModuleDefinition>(d),
            static d => Assert.IsType<ListSyntax>(Assert.IsType<TypeDefinition>(d).Type),
            static d => Assert.IsType<CoreInstantiateDefinition>(d));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x01)]
    public void Both_forms_of_names_mean_the_same(byte form)
    {
        var bytes = new ComponentBytes().Section(10, [1, form, .. ComponentBytes.Name("a:b/c@0.2.1"), 0x05, 0]).Build();

        Assert.Equal("a:b/c@0.2.1", Assert.IsType<ImportDefinition>(ComponentDecoder.Decode(bytes).Definitions[0]).Name);
    }

    [Fact]
    public void Name_may_carry_a_version_suffix()
    {
        var bytes = new ComponentBytes()
            .Section(10, [1, 0x02, .. ComponentBytes.Name("a:b/c@0.2"), 1, 0x01, .. ComponentBytes.Name(".1"), 0x05, 0])
            .Build();

        Assert.Equal("a:b/c@0.2", Assert.IsType<ImportDefinition>(ComponentDecoder.Decode(bytes).Definitions[0]).Name);
    }

    [Theory]
    [InlineData((byte)9, "start")]
    [InlineData((byte)12, "values")]
    [InlineData((byte)13, "section id")]
    public void Unsupported_sections_are_named(byte id, string expected)
    {
        var bytes = new ComponentBytes().Section(id, 0).Build();

        var error = Assert.Throws<ModuleFormatException>(() => ComponentDecoder.Decode(bytes));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0x66, 0x00 }, (byte)7)]
    [InlineData(new byte[] { 1, 0x43, 0x00, 0x01, 0x00 }, (byte)7)]
    [InlineData(new byte[] { 1, 0x1F }, (byte)8)]
    [InlineData(new byte[] { 1, 0x00, 0x00, 0x00, 0x01, 0x06, 0x00 }, (byte)8)]
    public void Asynchronous_components_are_refused_with_the_reason(byte[] content, byte section)
    {
        var bytes = new ComponentBytes().Section(section, content).Build();

        var error = Assert.Throws<ModuleFormatException>(() => ComponentDecoder.Decode(bytes));

        Assert.Contains("WASI 0.3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0x07 }, "malformed canonical function")]
    [InlineData(new byte[] { 1, 0x2E }, "malformed canonical function")]
    [InlineData(new byte[] { 1, 0x0C, 0x02 }, "invalid boolean value")]
    public void What_is_no_canonical_function_is_not_taken_for_an_asynchronous_one(byte[] content, string expected)
    {
        var bytes = new ComponentBytes().Section(8, content).Build();

        var error = Assert.Throws<ModuleFormatException>(() => ComponentDecoder.Decode(bytes));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Components_nest_a_hundred_deep_and_no_deeper()
    {
        var component = new ComponentBytes();
        for (var i = 0; i < 100; i++)
        {
            component = new ComponentBytes().Nested(component);
        }

        Assert.Single(ComponentDecoder.Decode(component.Build()).Definitions);
        var deeper = new ComponentBytes().Nested(component).Build();
        Assert.Throws<ModuleFormatException>(() => ComponentDecoder.Decode(deeper));
    }

    [Fact]
    public void Vector_longer_than_its_section_allocates_nothing()
    {
        var bytes = new ComponentBytes().Section(7, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F).Build();

        Assert.Throws<ModuleFormatException>(() => ComponentDecoder.Decode(bytes));
    }
}
