using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;
using Xunit;

namespace Mik.Wasm.Tests.Binary;

public sealed class InstructionReaderTests
{
    [Fact]
    public void Immediates_end_up_where_their_kind_says()
    {
        Assert.Equal(-2, Read(0x41, 0x7E).I32);
        Assert.Equal(ulong.MaxValue, Read(0x42, 0x7F).Bits);
        Assert.Equal(0x3F80_0000u, Read(0x43, 0, 0, 0x80, 0x3F).Bits);
        Assert.Equal(ValType.ExternRef, Read(0xD0, 0x6F).Type);

        var load = Read(0x28, 2, 0x80, 0x01);
        Assert.Equal((2u, 0u, 128ul), (load.Index, load.SecondIndex, load.Bits));

        var far = Read(0x28, 0x42, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01);
        Assert.Equal((2u, 5u, ulong.MaxValue), (far.Index, far.SecondIndex, far.Bits));

        var copy = Read(0xFC, 10, 3, 4);
        Assert.Equal((3u, 4u), (copy.Index, copy.SecondIndex));

        var indirect = Read(0x11, 3, 4);
        Assert.Equal((3u, 4u), (indirect.Index, indirect.SecondIndex));

        var init = Read(0xFC, 8, 5, 0);
        Assert.Equal((Opcode.MemoryInit, 5u), (init.Opcode, init.Index));
    }

    [Fact]
    public void Block_types_are_nothing_one_result_or_an_index()
    {
        Assert.Null(Read(0x02, 0x40).Block.TypeIndex);
        Assert.Equal(ValType.F64, Assert.Single(Read(0x02, 0x7C).Block.Results(null!)));
        Assert.Equal(200u, Read(0x02, 0xC8, 0x01).Block.TypeIndex);
        Assert.Throws<ModuleFormatException>(static () => Read(0x02, 0x80, 0x7F));
    }

    [Fact]
    public void Branch_table_yields_its_labels_and_then_the_default()
    {
        byte[] code = [0x0E, 2, 7, 8, 9, 0x0B];
        var reader = new InstructionReader(new ModuleDefinition { Bytes = code }, new ByteRange(0, code.Length));
        var table = reader.Read();
        var labels = table.Items(code);

        Assert.Equal(2u, table.Index);
        Assert.Equal([7u, 8u, 9u], [labels.ReadU32(), labels.ReadU32(), labels.ReadU32()]);
        Assert.Equal(Opcode.End, reader.Read().Opcode);
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData(new byte[] { 0xFE, 0x00 }, "atomic instructions (threads) are not supported")]
    [InlineData(new byte[] { 0xFB, 0x00 }, "garbage-collected types are not supported")]
    [InlineData(new byte[] { 0x06, 0x40 }, "exception handling in its older form (legacy-exceptions) is not supported")]
    public void Instruction_of_a_missing_proposal_is_refused_by_name(byte[] code, string message) =>
        Assert.StartsWith(message, Assert.Throws<ModuleValidationException>(() => Read(code)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xFC, 0x20 })]
    [InlineData(new byte[] { 0xFD, 0x9A, 0x01 })]
    [InlineData(new byte[] { 0xFD, 0x94, 0x02 })]
    [InlineData(new byte[] { 0xFD, 0x0C, 1, 2, 3 })]
    [InlineData(new byte[] { 0x28, 0x80, 0x01, 0x00 })]
    [InlineData(new byte[] { 0x0E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData(new byte[] { 0x44, 0, 0, 0 })]
    public void Defective_instruction_is_malformed(byte[] code) =>
        Assert.Throws<ModuleFormatException>(() => Read(code));

    [Fact]
    public void Vector_instructions_have_lanes_and_sixteen_bytes()
    {
        byte[] code = [0xFD, 0x0C, .. Enumerable.Range(1, 16).Select(static i => (byte)i)];

        Assert.Equal(new UInt128(0x100F_0E0D_0C0B_0A09, 0x0807_0605_0403_0201), Read(code).Vector(code));
        Assert.Equal(7, Read(0xFD, 0x15, 7).Lane);
        Assert.Equal(Opcode.I32x4RelaxedDotI8x16I7x16AddS, Read(0xFD, 0x93, 0x02).Opcode);
        var load = Read(0xFD, 0x55, 1, 0x85, 0x01, 3);
        Assert.Equal((Opcode.V128Load16Lane, 1u, 133ul, (byte)3), (load.Opcode, load.Index, load.Bits, load.Lane));
    }

    [Theory]
    [InlineData(new byte[] { 0x02, 0x7B })]
    [InlineData(new byte[] { 0x1C, 1, 0x7B })]
    public void Vector_type_is_refused_where_vectors_are_disabled(byte[] code)
    {
        var module = new ModuleDefinition { Bytes = code, Features = WasmFeatures.All & ~WasmFeatures.Simd };

        Assert.Contains(
            "SIMD is disabled",
            Assert.Throws<ModuleValidationException>(() => new InstructionReader(module, new ByteRange(0, code.Length)).Read()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Catch_clauses_are_read_in_order()
    {
        byte[] code = [0x1F, 0x40, 4, 0, 7, 1, 1, 8, 2, 2, 3, 3, 4];

        var clauses = CatchClause.Of(Read(code), code);

        Assert.Equal(
            [
                new CatchClause(CatchKind.Catch, 7, 1),
                new CatchClause(CatchKind.CatchRef, 8, 2),
                new CatchClause(CatchKind.CatchAll, 0, 3),
                new CatchClause(CatchKind.CatchAllRef, 0, 4),
            ],
            clauses);
        Assert.Throws<ModuleFormatException>(static () => Read(0x1F, 0x40, 1, 4, 0));
    }

    [Theory]
    [InlineData(new byte[] { 0x3F, 0x01 }, WasmFeatures.MultiMemory)]
    [InlineData(new byte[] { 0x28, 0x42, 0x00, 0x00 }, WasmFeatures.MultiMemory)]
    [InlineData(new byte[] { 0x28, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, WasmFeatures.Memory64)]
    [InlineData(new byte[] { 0x14, 0x00 }, WasmFeatures.FunctionReferences)]
    [InlineData(new byte[] { 0x08, 0x00 }, WasmFeatures.ExceptionHandling)]
    [InlineData(new byte[] { 0xD0, 0x69 }, WasmFeatures.ExceptionHandling)]
    public void Encoding_of_a_disabled_feature_is_refused(byte[] code, WasmFeatures feature)
    {
        Read(code);
        var module = new ModuleDefinition { Bytes = code, Features = WasmFeatures.All & ~feature };

        Assert.ThrowsAny<ModuleException>(() => new InstructionReader(module, new ByteRange(0, code.Length)).Read());
    }

    private static Instruction Read(params byte[] code) => new InstructionReader(new ModuleDefinition { Bytes = code }, new ByteRange(0, code.Length)).Read();
}
