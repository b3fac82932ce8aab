using Mik.Wasm.Binary;
using Xunit;

namespace Mik.Wasm.Tests.Binary;

public sealed class OpcodeTableTests
{
    [Fact]
    public void Every_opcode_has_one_row_and_rows_ascend()
    {
        var rows = OpcodeTable.All.ToArray().Select(static r => r.Opcode);

        Assert.Equal(Enum.GetValues<Opcode>(), rows);
    }

    [Fact]
    public void Every_opcode_is_found_by_its_encoding()
    {
        foreach (var opcode in Enum.GetValues<Opcode>())
        {
            Assert.Equal(opcode, OpcodeTable.Of(opcode).Opcode);
        }

        Assert.Null(OpcodeTable.FindSingle(0x06));
        Assert.Null(OpcodeTable.FindPrefixed(18));
        Assert.Null(OpcodeTable.FindPrefixed(uint.MaxValue));
        Assert.Null(OpcodeTable.FindVector(0x9A));
        Assert.Null(OpcodeTable.FindVector(0x114));
    }

    [Theory]
    [InlineData(nameof(Opcode.I32Add), "i32.add", "I32 I32 -> I32")]
    [InlineData(nameof(Opcode.I64Eqz), "i64.eqz", "I64 -> I32")]
    [InlineData(nameof(Opcode.F64Copysign), "f64.copysign", "F64 F64 -> F64")]
    [InlineData(nameof(Opcode.I64ExtendI32U), "i64.extend_i32_u", "I32 -> I64")]
    [InlineData(nameof(Opcode.F32ReinterpretI32), "f32.reinterpret_i32", "I32 -> F32")]
    [InlineData(nameof(Opcode.I64TruncSatF32U), "i64.trunc_sat_f32_u", "F32 -> I64")]
    [InlineData(nameof(Opcode.I64Store32), "i64.store32", "I32 I64 -> ")]
    [InlineData(nameof(Opcode.V128Bitselect), "v128.bitselect", "V128 V128 V128 -> V128")]
    [InlineData(nameof(Opcode.F64x2ReplaceLane), "f64x2.replace_lane", "V128 F64 -> V128")]
    [InlineData(nameof(Opcode.V128Store16Lane), "v128.store16_lane", "I32 V128 -> ")]
    [InlineData(nameof(Opcode.DataDrop), "data.drop", " -> ")]
    public void Row_states_mnemonic_and_type(string opcode, string mnemonic, string type)
    {
        var row = OpcodeTable.Of(Enum.Parse<Opcode>(opcode));

        Assert.Equal(mnemonic, row.Mnemonic);
        Assert.Equal(type, $"{string.Join(' ', row.Operands)} -> {string.Join(' ', row.Results)}");
    }
}
