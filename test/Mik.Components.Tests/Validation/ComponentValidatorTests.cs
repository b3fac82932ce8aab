using Mik.Components.Binary;
using Mik.Components.Types;
using Mik.Components.Validation;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.Validation;

public sealed class ComponentValidatorTests
{
    private static readonly byte[] OwnOfZero = [0x69, 0];
    private static readonly byte[] BorrowOfZero = [0x68, 0];
    private static readonly byte[] Resource = [0x3F, 0x7F, 0x00];

    [Fact]
    public void Abstract_resource_is_imported_and_used()
    {
        var type = Validate(new ComponentBytes()
            .Import("r", 0x03, 0x01)
            .Types(OwnOfZero, ComponentBytes.FuncType([("it", [1])], null))
            .Import("f", 0x01, 2));

        Assert.Single(type.ImportedResources);
        var func = Assert.IsType<FuncExtern>(type.Imports.Entries[1].Value).Type;
        Assert.Same(type.ImportedResources[0], Assert.IsType<OwnType>(func.Parameters[0].Type).Resource);
    }

    [Fact]
    public void Index_of_nothing_is_invalid() =>
        AssertInvalid("out of bounds", new ComponentBytes().Types([0x70, 0]));

    [Fact]
    public void Value_types_need_value_types() =>
        AssertInvalid("not a defined value type", new ComponentBytes().Types(Resource, [0x70, 0]));

    [Fact]
    public void Handles_need_resources() =>
        AssertInvalid("not a resource type", new ComponentBytes().Types([0x79], OwnOfZero));

    [Fact]
    public void Lists_of_fixed_length_have_elements_and_a_bounded_size()
    {
        AssertInvalid("at least one element", new ComponentBytes().Types([0x67, ComponentBytes.U8, 0]));
        AssertInvalid("exceeds maximum byte size", new ComponentBytes().Types([0x67, ComponentBytes.U8, .. ComponentBytes.Leb(1 << 28)]));
        Validate(new ComponentBytes().Types([0x67, ComponentBytes.U8, .. ComponentBytes.Leb((1 << 28) - 1)]));
    }

    [Fact]
    public void Keys_of_maps_are_simple()
    {
        const byte F32 = 0x76;
        AssertInvalid("keys of a map", new ComponentBytes().Types([0x63, F32, ComponentBytes.U8]));
        AssertInvalid("keys of a map", new ComponentBytes().Types([0x70, ComponentBytes.U8], [0x63, 0, ComponentBytes.U8]));
        Validate(new ComponentBytes().Types([0x63, ComponentBytes.String, F32]));
    }

    [Fact]
    public void Results_cannot_borrow() => AssertInvalid(
        "borrow",
        new ComponentBytes().Types(Resource, BorrowOfZero, ComponentBytes.FuncType([], [1])));

    [Fact]
    public void Lifted_function_must_have_the_flat_signature() => AssertInvalid(
        "does not match",
        new ComponentBytes()
            .Types(ComponentBytes.FuncType([("a", [ComponentBytes.U32])], null))
            .CoreModule(GuestModules.Echo())
            .CoreInstantiate(0)
            .AliasCore(0, 0, "echo")
            .Lift(0, 0));

    [Fact]
    public void Strings_need_memory_and_realloc()
    {
        var upTo = () => new ComponentBytes()
            .Types(ComponentBytes.FuncType([("a", [ComponentBytes.String])], [ComponentBytes.String]))
            .CoreModule(GuestModules.Echo())
            .CoreInstantiate(0)
            .AliasCore(2, 0, "mem")
            .AliasCore(0, 0, "realloc")
            .AliasCore(0, 0, "echo");

        AssertInvalid("`memory` is required", upTo().Lift(1, 0));
        AssertInvalid("`realloc` is required", upTo().Lift(1, 0, [0x03, 0]));
        AssertInvalid("`realloc` must have type", upTo().Lift(1, 0, [0x03, 0], [0x04, 1]));
        AssertInvalid("`post-return` must have type", upTo().Lift(1, 0, [0x03, 0], [0x04, 0], [0x05, 0]));
        Validate(upTo().Lift(1, 0, [0x03, 0], [0x04, 0]));
    }

    [Fact]
    public void Only_the_defining_component_makes_handles() => AssertInvalid(
        "not a local resource",
        new ComponentBytes().Import("r", 0x03, 0x01).Section(8, 1, 0x02, 0));

    [Fact]
    public void Exported_function_cannot_mention_a_resource_without_name()
    {
        // The resource is type 0, its export is type 1.
        var upTo = (byte resource) => new ComponentBytes()
            .Types(Resource)
            .Export("r", 0x03, 0)
            .Types([0x69, resource], ComponentBytes.FuncType([("it", [2])], null))
            .CoreModule(Returning())
            .CoreInstantiate(0)
            .AliasCore(0, 0, "f")
            .Lift(0, 3)
            .Export("f", 0x01, 0);

        AssertInvalid("neither imported nor exported", upTo(0));
        Assert.Single(Validate(upTo(1)).ExportedResources);
    }

    [Fact]
    public void Exported_type_is_made_of_exported_types()
    {
        var upTo = (byte part) => new ComponentBytes()
            .Types([0x6D, .. ComponentBytes.Vector(ComponentBytes.Name("a"))])
            .Export("e", 0x03, 0)
            .Types([0x70, part])
            .Export("l", 0x03, 2);

        AssertInvalid("neither imported nor exported", upTo(0));
        Validate(upTo(1));
    }

    [Fact]
    public void Two_instances_of_a_component_have_different_resources()
    {
        var maker = new ComponentBytes().Types(Resource).Export("r", 0x03, 0);
        var taker = new ComponentBytes().Import("a", 0x03, 0x01).Import("b", 0x03, 0x00, 0);
        byte[] instantiate = [0x00, 0, 0];
        byte[] a = [.. ComponentBytes.Name("a"), 0x03, 0];
        var upTo = () => new ComponentBytes()
            .Nested(maker)
            .Nested(taker)
            .Section(5, ComponentBytes.Vector(instantiate, instantiate))
            .Alias(3, 0, "r")
            .Alias(3, 1, "r");

        Validate(upTo().Section(5, [1, 0x00, 1, .. ComponentBytes.Vector(a, [.. ComponentBytes.Name("b"), 0x03, 0])]));
        AssertInvalid(
            "resource types are not the same",
            upTo().Section(5, [1, 0x00, 1, .. ComponentBytes.Vector(a, [.. ComponentBytes.Name("b"), 0x03, 1])]));
    }

    [Fact]
    public void Missing_argument_is_invalid() => AssertInvalid(
        "missing import named `a`",
        new ComponentBytes().Nested(new ComponentBytes().Import("a", 0x03, 0x01)).Section(5, 1, 0x00, 0, 0));

    [Fact]
    public void Inner_components_cannot_use_outer_resources()
    {
        var inner = new ComponentBytes().Section(6, 1, 0x03, 0x02, 1, 0);

        AssertInvalid("resources", new ComponentBytes().Types(Resource).Nested(inner));
        Validate(new ComponentBytes().Types([0x79]).Nested(inner));
    }

    [Fact]
    public void Repeated_names_are_invalid_whatever_their_case() => AssertInvalid(
        "conflicts",
        new ComponentBytes().Import("r", 0x03, 0x01).Import("R", 0x03, 0x01));

    [Theory]
    [InlineData("primary", (byte)0, "a:b/c", null)]
    [InlineData("primary", (byte)0, "label", "must be an interface")]
    [InlineData("a:b/c", (byte)0, "a:b/c", "not valid with `implements`")]
    [InlineData("a:b/c@0.2", (byte)1, ".1", null)]
    [InlineData("a:b/c@0.2", (byte)1, "1", "not a valid semver")]
    [InlineData("a:b/c", (byte)1, ".1", "not a valid semver")]
    public void Attributes_of_a_name_must_fit_it(string name, byte attribute, string value, string? error)
    {
        var component = new ComponentBytes()
            .Types(ComponentBytes.InstanceType())
            .Section(10, [1, 0x02, .. ComponentBytes.Name(name), 1, attribute, .. ComponentBytes.Name(value), 0x05, 0]);

        if (error is null)
        {
            Validate(component);
        }
        else
        {
            AssertInvalid(error, component);
        }
    }

    [Fact]
    public void Types_cannot_grow_without_bounds()
    {
        var doubling = new ComponentBytes().Types([0x79]);
        for (byte i = 0; i < 30; i++)
        {
            // tuple<list<t>, list<t>> of the one before
            var list = (byte)((2 * i) + 1);
            doubling.Types([0x70, (byte)(2 * i)]).Types([0x6F, 2, list, list]);
        }

        AssertInvalid("too large", doubling);
    }

    [Fact]
    public void Types_cannot_nest_without_bounds()
    {
        var nested = new ComponentBytes().Types([0x79]);
        for (var i = 0; i < 200; i++)
        {
            nested.Types([0x70, .. WasmModuleBuilder.SignedLeb(i)]);
        }

        AssertInvalid("nested too deeply", nested);
    }

    private static byte[] Returning()
    {
        var module = new WasmModuleBuilder();
        module.Function(module.Type([WasmModuleBuilder.I32], []), [], "f");
        return module.Build();
    }

    private static void AssertInvalid(string reason, ComponentBytes component) =>
        Assert.Contains(
            reason, Assert.Throws<ModuleValidationException>(() => Validate(component)).Message, StringComparison.Ordinal);

    private static ComponentType Validate(ComponentBytes component)
    {
        var bytes = component.Build();
        var engine = new Engine();
        return new ComponentValidator(module => CoreModuleTypes.Of(
            engine.Compile(bytes.AsMemory(module.Offset, module.Length), "core"), module.Offset))
            .Validate(ComponentDecoder.Decode(bytes));
    }
}
