using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;
using Xunit;
using static Mik.Wasm.Tests.Binary.ModuleBytes;

namespace Mik.Wasm.Tests.Binary;

public sealed class ModuleDecoderTests
{
    [Fact]
    public void Empty_module_is_a_preamble()
    {
        var module = ModuleDecoder.Decode(new ModuleBytes().ToArray());

        Assert.Empty(module.Types);
        Assert.Empty(module.Bodies);
    }

    [Fact]
    public void Index_spaces_hold_the_imports_first()
    {
        var module = ModuleDecoder.Decode(new ModuleBytes()
            .Types(FuncType([], []), FuncType([I32], [I64]))
            .Items(
                2,
                [.. Name("m"), .. Name("f"), 0, 1],
                [.. Name("m"), .. Name("t"), 1, ExternReference, 1, 2, 3],
                [.. Name("m"), .. Name("g"), 3, F32, 1])
            .Functions(0)
            .Table()
            .Memory()
            .Section(6, 1, I32, 0, 0x41, 7, End)
            .Code((byte[])[])
            .ToArray());

        Assert.Equal([1u, 0u], module.FunctionTypeIndices);
        Assert.Equal([new TableType(ValType.ExternRef, new Limits(2, 3)), new TableType(ValType.FuncRef, new Limits(1, null))], module.Tables);
        Assert.Equal([new GlobalType(ValType.F32, IsMutable: true), new GlobalType(ValType.I32, IsMutable: false)], module.Globals);
        Assert.Equal((1, 1, 0, 1), (module.ImportedFunctionCount, module.ImportedTableCount, module.ImportedMemoryCount, module.ImportedGlobalCount));
        Assert.Equal(3, Assert.Single(module.GlobalInitializers).Code.Length);
    }

    [Fact]
    public void Equal_types_share_one_object()
    {
        var module = ModuleDecoder.Decode(new ModuleBytes().Types(FuncType([I32], []), FuncType([I32], [])).ToArray());

        Assert.Same(module.Types[0], module.Types[1]);
    }

    [Fact]
    public void Element_segments_have_eight_forms()
    {
        byte[] offset = [0x41, 0, End];
        byte[] item = [0xD2, 0, End];
        var module = ModuleDecoder.Decode(new ModuleBytes()
            .Items(
                9,
                [0, .. offset, 1, 5],
                [1, 0, 1, 5],
                [2, 3, .. offset, 0, 1, 5],
                [3, 0, 1, 5],
                [4, .. offset, 1, .. item],
                [5, ExternReference, 1, .. item],
                [6, 3, .. offset, FuncReference, 1, .. item],
                [7, FuncReference, 1, .. item])
            .ToArray());

        Assert.Equal(
            [
                SegmentMode.Active, SegmentMode.Passive, SegmentMode.Active, SegmentMode.Declarative,
                SegmentMode.Active, SegmentMode.Passive, SegmentMode.Active, SegmentMode.Declarative,
            ],
            module.Elements.Select(static e => e.Mode));
        Assert.Equal([0u, 0u, 3u, 0u, 0u, 0u, 3u, 0u], module.Elements.Select(static e => e.TableIndex));
        Assert.All(module.Elements[..4], static e => Assert.Equal([5u], e.FunctionIndices!));
        Assert.All(module.Elements[4..], static e => Assert.Single(e.Expressions!));
        Assert.Equal(ValType.ExternRef, module.Elements[5].Type);
        Assert.All(module.Elements, static e => Assert.Equal(e.Mode == SegmentMode.Active ? 3 : 0, e.Offset.Code.Length));
    }

    [Fact]
    public void Data_segments_have_three_forms()
    {
        byte[] offset = [0x41, 0, End];
        var module = ModuleDecoder.Decode(new ModuleBytes()
            .Section(12, 3)
            .Items(11, [0, .. offset, 1, 0xAA], [1, 2, 0xBB, 0xCC], [2, 0, .. offset, 0])
            .ToArray());

        Assert.Equal([SegmentMode.Active, SegmentMode.Passive, SegmentMode.Active], module.Data.Select(static d => d.Mode));
        Assert.Equal([1, 2, 0], module.Data.Select(static d => d.Content.Length));
        Assert.Equal(3u, module.DataCount);
    }

    [Fact]
    public void Locals_stay_run_length_encoded()
    {
        var module = ModuleDecoder.Decode(new ModuleBytes()
            .Types(FuncType([], []))
            .Functions(0)
            .Items(10, Body([2, 3, I32, .. Leb(40_000), F64, End]))
            .ToArray());

        var body = Assert.Single(module.Bodies);
        Assert.Equal([new LocalRun(3, ValType.I32), new LocalRun(40_000, ValType.F64)], body.Locals);
        Assert.Equal(1, body.Code.Length);
    }

    [Theory]
    [InlineData("00 61 73 6E 01 00 00 00", "magic header not detected")]
    [InlineData("00 61 73 6D 02 00 00 00", "unknown binary version")]
    [InlineData("00 61 73 6D 0D 00 01 00", "a component where a core module is expected")]
    [InlineData("00 61 73", "unexpected end")]
    [InlineData("00 61 73 6D 01 00 00 00 01 05 00", "length out of bounds")]
    [InlineData("00 61 73 6D 01 00 00 00 01 02 00 00", "section size mismatch")]
    [InlineData("00 61 73 6D 01 00 00 00 01 01 00 01 01 00", "unexpected content after last section")]
    [InlineData("00 61 73 6D 01 00 00 00 03 01 00 01 01 00", "unexpected content after last section")]
    [InlineData("00 61 73 6D 01 00 00 00 0B 01 00 0C 01 00", "unexpected content after last section")]
    [InlineData("00 61 73 6D 01 00 00 00 0E 00", "malformed section id")]
    [InlineData("00 61 73 6D 01 00 00 00 00 00", "unexpected end")]
    [InlineData("00 61 73 6D 01 00 00 00 00 02 01 FF", "malformed UTF-8 encoding")]
    [InlineData("00 61 73 6D 01 00 00 00 01 04 01 60 00 00 03 02 01 00", "function and code section have inconsistent lengths")]
    [InlineData("00 61 73 6D 01 00 00 00 0A 04 01 02 00 0B", "function and code section have inconsistent lengths")]
    [InlineData("00 61 73 6D 01 00 00 00 0C 01 01", "data count and data section have inconsistent lengths")]
    [InlineData("00 61 73 6D 01 00 00 00 01 05 FF FF FF FF 0F", "length out of bounds")]
    [InlineData("00 61 73 6D 01 00 00 00 04 04 01 70 10 00", "malformed limits flags")]
    [InlineData("00 61 73 6D 01 00 00 00 06 06 01 7F 02 41 00 0B", "malformed mutability")]
    [InlineData("00 61 73 6D 01 00 00 00 07 04 01 00 09 00", "malformed export kind")]
    public void Defective_module_is_malformed(string hex, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ModuleFormatException>(() => ModuleDecoder.Decode(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("05 03 01 03 01", "shared memory (threads) is not supported")]
    [InlineData("01 04 01 5F 00 00", "garbage-collected types are not supported")]
    [InlineData("04 06 01 6B 00 01 00 00", "garbage-collected types are not supported")]
    [InlineData("05 03 01 08 01 00", "custom page sizes are not supported")]
    [InlineData("03 02 01 00", "unknown type 0")]
    public void Missing_proposals_and_wrong_types_are_refused_by_name(string section, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ModuleValidationException>(
                () => ModuleDecoder.Decode((byte[])[.. new ModuleBytes().ToArray(), .. Convert.FromHexString(section.Replace(" ", "", StringComparison.Ordinal))])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Limits_bound_locals_and_types()
    {
        var types = new ModuleBytes().Types(FuncType([.. Enumerable.Repeat(I32, 1001)], []));
        var locals = new ModuleBytes().Types(FuncType([], [])).Functions(0).Items(10, Body([1, .. Leb(50_001), I32, End]));

        Assert.Contains("1001", Assert.Throws<ModuleValidationException>(() => ModuleDecoder.Decode(types.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("too many locals", Assert.Throws<ModuleValidationException>(() => ModuleDecoder.Decode(locals.ToArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_in_a_constant_expression_does_not_exhaust_the_stack()
    {
        byte[] deep = [.. Enumerable.Repeat((byte[])[0x02, Empty], 500_000).SelectMany(static b => b)];

        Assert.Throws<ModuleFormatException>(() => ModuleDecoder.Decode(new ModuleBytes().Section(6, [1, I32, 0, .. deep]).ToArray()));
    }
}
