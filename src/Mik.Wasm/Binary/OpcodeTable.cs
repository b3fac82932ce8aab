using System.Collections.Immutable;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

/// <summary>
/// The facts about every instruction, in one place for the decoder, the validator and the compiler. A signature reads
/// <c>operands&gt;results</c> with i=i32, I=i64, f=f32, F=f64, v=v128; the address of a load or store is an
/// i64 where its memory has such addresses. Rows without a signature have types that depend on their immediates or on the context and
/// are handled one by one.
/// </summary>
// spec: index-instr
internal static partial class OpcodeTable
{
    private const int PrefixedCount = 18;
    private const int VectorCount = 0x114;

    private static readonly OpcodeFacts[] Rows =
    [
        // Control
        Row(Opcode.Unreachable, "unreachable"),
        Row(Opcode.Nop, "nop", signature: ">"),
        Row(Opcode.Block, "block", ImmediateKind.BlockType),
        Row(Opcode.Loop, "loop", ImmediateKind.BlockType),
        Row(Opcode.If, "if", ImmediateKind.BlockType),
        Row(Opcode.Else, "else"),
        Row(Opcode.Throw, "throw", ImmediateKind.Tag, feature: WasmFeatures.ExceptionHandling),
        Row(Opcode.ThrowRef, "throw_ref", feature: WasmFeatures.ExceptionHandling),
        Row(Opcode.End, "end"),
        Row(Opcode.Br, "br", ImmediateKind.Label),
        Row(Opcode.BrIf, "br_if", ImmediateKind.Label),
        Row(Opcode.BrTable, "br_table", ImmediateKind.LabelTable),
        Row(Opcode.Return, "return"),
        Row(Opcode.Call, "call", ImmediateKind.Function),
        Row(Opcode.CallIndirect, "call_indirect", ImmediateKind.TypeAndTable),
        Row(Opcode.ReturnCall, "return_call", ImmediateKind.Function, feature: WasmFeatures.TailCall),
        Row(Opcode.ReturnCallIndirect, "return_call_indirect", ImmediateKind.TypeAndTable, feature: WasmFeatures.TailCall),

        Row(Opcode.CallRef, "call_ref", ImmediateKind.Type, feature: WasmFeatures.FunctionReferences),
        Row(Opcode.ReturnCallRef, "return_call_ref", ImmediateKind.Type, feature: WasmFeatures.FunctionReferences | WasmFeatures.TailCall),

        // Parametric
        Row(Opcode.Drop, "drop"),
        Row(Opcode.Select, "select"),
        Row(Opcode.SelectTyped, "select", ImmediateKind.ValueTypes),

        // Exceptions that are caught
        Row(Opcode.TryTable, "try_table", ImmediateKind.BlockTypeAndCatches, feature: WasmFeatures.ExceptionHandling),

        // Variables
        Row(Opcode.LocalGet, "local.get", ImmediateKind.Local),
        Row(Opcode.LocalSet, "local.set", ImmediateKind.Local),
        Row(Opcode.LocalTee, "local.tee", ImmediateKind.Local),
        Row(Opcode.GlobalGet, "global.get", ImmediateKind.Global),
        Row(Opcode.GlobalSet, "global.set", ImmediateKind.Global),

        // Tables
        Row(Opcode.TableGet, "table.get", ImmediateKind.Table),
        Row(Opcode.TableSet, "table.set", ImmediateKind.Table),

        // Memory
        Row(Opcode.I32Load, "i32.load", ImmediateKind.MemoryArgument, "i>i", naturalAlignment: 2),
        Row(Opcode.I64Load, "i64.load", ImmediateKind.MemoryArgument, "i>I", naturalAlignment: 3),
        Row(Opcode.F32Load, "f32.load", ImmediateKind.MemoryArgument, "i>f", naturalAlignment: 2),
        Row(Opcode.F64Load, "f64.load", ImmediateKind.MemoryArgument, "i>F", naturalAlignment: 3),
        Row(Opcode.I32Load8S, "i32.load8_s", ImmediateKind.MemoryArgument, "i>i", naturalAlignment: 0),
        Row(Opcode.I32Load8U, "i32.load8_u", ImmediateKind.MemoryArgument, "i>i", naturalAlignment: 0),
        Row(Opcode.I32Load16S, "i32.load16_s", ImmediateKind.MemoryArgument, "i>i", naturalAlignment: 1),
        Row(Opcode.I32Load16U, "i32.load16_u", ImmediateKind.MemoryArgument, "i>i", naturalAlignment: 1),
        Row(Opcode.I64Load8S, "i64.load8_s", ImmediateKind.MemoryArgument, "i>I", naturalAlignment: 0),
        Row(Opcode.I64Load8U, "i64.load8_u", ImmediateKind.MemoryArgument, "i>I", naturalAlignment: 0),
        Row(Opcode.I64Load16S, "i64.load16_s", ImmediateKind.MemoryArgument, "i>I", naturalAlignment: 1),
        Row(Opcode.I64Load16U, "i64.load16_u", ImmediateKind.MemoryArgument, "i>I", naturalAlignment: 1),
        Row(Opcode.I64Load32S, "i64.load32_s", ImmediateKind.MemoryArgument, "i>I", naturalAlignment: 2),
        Row(Opcode.I64Load32U, "i64.load32_u", ImmediateKind.MemoryArgument, "i>I", naturalAlignment: 2),
        Row(Opcode.I32Store, "i32.store", ImmediateKind.MemoryArgument, "ii>", naturalAlignment: 2),
        Row(Opcode.I64Store, "i64.store", ImmediateKind.MemoryArgument, "iI>", naturalAlignment: 3),
        Row(Opcode.F32Store, "f32.store", ImmediateKind.MemoryArgument, "if>", naturalAlignment: 2),
        Row(Opcode.F64Store, "f64.store", ImmediateKind.MemoryArgument, "iF>", naturalAlignment: 3),
        Row(Opcode.I32Store8, "i32.store8", ImmediateKind.MemoryArgument, "ii>", naturalAlignment: 0),
        Row(Opcode.I32Store16, "i32.store16", ImmediateKind.MemoryArgument, "ii>", naturalAlignment: 1),
        Row(Opcode.I64Store8, "i64.store8", ImmediateKind.MemoryArgument, "iI>", naturalAlignment: 0),
        Row(Opcode.I64Store16, "i64.store16", ImmediateKind.MemoryArgument, "iI>", naturalAlignment: 1),
        Row(Opcode.I64Store32, "i64.store32", ImmediateKind.MemoryArgument, "iI>", naturalAlignment: 2),
        Row(Opcode.MemorySize, "memory.size", ImmediateKind.Memory),
        Row(Opcode.MemoryGrow, "memory.grow", ImmediateKind.Memory),

        // Numeric
        Row(Opcode.I32Const, "i32.const", ImmediateKind.I32, ">i"),
        Row(Opcode.I64Const, "i64.const", ImmediateKind.I64, ">I"),
        Row(Opcode.F32Const, "f32.const", ImmediateKind.F32, ">f"),
        Row(Opcode.F64Const, "f64.const", ImmediateKind.F64, ">F"),
        Row(Opcode.I32Eqz, "i32.eqz", signature: "i>i"),
        Row(Opcode.I32Eq, "i32.eq", signature: "ii>i"),
        Row(Opcode.I32Ne, "i32.ne", signature: "ii>i"),
        Row(Opcode.I32LtS, "i32.lt_s", signature: "ii>i"),
        Row(Opcode.I32LtU, "i32.lt_u", signature: "ii>i"),
        Row(Opcode.I32GtS, "i32.gt_s", signature: "ii>i"),
        Row(Opcode.I32GtU, "i32.gt_u", signature: "ii>i"),
        Row(Opcode.I32LeS, "i32.le_s", signature: "ii>i"),
        Row(Opcode.I32LeU, "i32.le_u", signature: "ii>i"),
        Row(Opcode.I32GeS, "i32.ge_s", signature: "ii>i"),
        Row(Opcode.I32GeU, "i32.ge_u", signature: "ii>i"),
        Row(Opcode.I64Eqz, "i64.eqz", signature: "I>i"),
        Row(Opcode.I64Eq, "i64.eq", signature: "II>i"),
        Row(Opcode.I64Ne, "i64.ne", signature: "II>i"),
        Row(Opcode.I64LtS, "i64.lt_s", signature: "II>i"),
        Row(Opcode.I64LtU, "i64.lt_u", signature: "II>i"),
        Row(Opcode.I64GtS, "i64.gt_s", signature: "II>i"),
        Row(Opcode.I64GtU, "i64.gt_u", signature: "II>i"),
        Row(Opcode.I64LeS, "i64.le_s", signature: "II>i"),
        Row(Opcode.I64LeU, "i64.le_u", signature: "II>i"),
        Row(Opcode.I64GeS, "i64.ge_s", signature: "II>i"),
        Row(Opcode.I64GeU, "i64.ge_u", signature: "II>i"),
        Row(Opcode.F32Eq, "f32.eq", signature: "ff>i"),
        Row(Opcode.F32Ne, "f32.ne", signature: "ff>i"),
        Row(Opcode.F32Lt, "f32.lt", signature: "ff>i"),
        Row(Opcode.F32Gt, "f32.gt", signature: "ff>i"),
        Row(Opcode.F32Le, "f32.le", signature: "ff>i"),
        Row(Opcode.F32Ge, "f32.ge", signature: "ff>i"),
        Row(Opcode.F64Eq, "f64.eq", signature: "FF>i"),
        Row(Opcode.F64Ne, "f64.ne", signature: "FF>i"),
        Row(Opcode.F64Lt, "f64.lt", signature: "FF>i"),
        Row(Opcode.F64Gt, "f64.gt", signature: "FF>i"),
        Row(Opcode.F64Le, "f64.le", signature: "FF>i"),
        Row(Opcode.F64Ge, "f64.ge", signature: "FF>i"),
        Row(Opcode.I32Clz, "i32.clz", signature: "i>i"),
        Row(Opcode.I32Ctz, "i32.ctz", signature: "i>i"),
        Row(Opcode.I32Popcnt, "i32.popcnt", signature: "i>i"),
        Row(Opcode.I32Add, "i32.add", signature: "ii>i"),
        Row(Opcode.I32Sub, "i32.sub", signature: "ii>i"),
        Row(Opcode.I32Mul, "i32.mul", signature: "ii>i"),
        Row(Opcode.I32DivS, "i32.div_s", signature: "ii>i"),
        Row(Opcode.I32DivU, "i32.div_u", signature: "ii>i"),
        Row(Opcode.I32RemS, "i32.rem_s", signature: "ii>i"),
        Row(Opcode.I32RemU, "i32.rem_u", signature: "ii>i"),
        Row(Opcode.I32And, "i32.and", signature: "ii>i"),
        Row(Opcode.I32Or, "i32.or", signature: "ii>i"),
        Row(Opcode.I32Xor, "i32.xor", signature: "ii>i"),
        Row(Opcode.I32Shl, "i32.shl", signature: "ii>i"),
        Row(Opcode.I32ShrS, "i32.shr_s", signature: "ii>i"),
        Row(Opcode.I32ShrU, "i32.shr_u", signature: "ii>i"),
        Row(Opcode.I32Rotl, "i32.rotl", signature: "ii>i"),
        Row(Opcode.I32Rotr, "i32.rotr", signature: "ii>i"),
        Row(Opcode.I64Clz, "i64.clz", signature: "I>I"),
        Row(Opcode.I64Ctz, "i64.ctz", signature: "I>I"),
        Row(Opcode.I64Popcnt, "i64.popcnt", signature: "I>I"),
        Row(Opcode.I64Add, "i64.add", signature: "II>I"),
        Row(Opcode.I64Sub, "i64.sub", signature: "II>I"),
        Row(Opcode.I64Mul, "i64.mul", signature: "II>I"),
        Row(Opcode.I64DivS, "i64.div_s", signature: "II>I"),
        Row(Opcode.I64DivU, "i64.div_u", signature: "II>I"),
        Row(Opcode.I64RemS, "i64.rem_s", signature: "II>I"),
        Row(Opcode.I64RemU, "i64.rem_u", signature: "II>I"),
        Row(Opcode.I64And, "i64.and", signature: "II>I"),
        Row(Opcode.I64Or, "i64.or", signature: "II>I"),
        Row(Opcode.I64Xor, "i64.xor", signature: "II>I"),
        Row(Opcode.I64Shl, "i64.shl", signature: "II>I"),
        Row(Opcode.I64ShrS, "i64.shr_s", signature: "II>I"),
        Row(Opcode.I64ShrU, "i64.shr_u", signature: "II>I"),
        Row(Opcode.I64Rotl, "i64.rotl", signature: "II>I"),
        Row(Opcode.I64Rotr, "i64.rotr", signature: "II>I"),
        Row(Opcode.F32Abs, "f32.abs", signature: "f>f"),
        Row(Opcode.F32Neg, "f32.neg", signature: "f>f"),
        Row(Opcode.F32Ceil, "f32.ceil", signature: "f>f"),
        Row(Opcode.F32Floor, "f32.floor", signature: "f>f"),
        Row(Opcode.F32Trunc, "f32.trunc", signature: "f>f"),
        Row(Opcode.F32Nearest, "f32.nearest", signature: "f>f"),
        Row(Opcode.F32Sqrt, "f32.sqrt", signature: "f>f"),
        Row(Opcode.F32Add, "f32.add", signature: "ff>f"),
        Row(Opcode.F32Sub, "f32.sub", signature: "ff>f"),
        Row(Opcode.F32Mul, "f32.mul", signature: "ff>f"),
        Row(Opcode.F32Div, "f32.div", signature: "ff>f"),
        Row(Opcode.F32Min, "f32.min", signature: "ff>f"),
        Row(Opcode.F32Max, "f32.max", signature: "ff>f"),
        Row(Opcode.F32Copysign, "f32.copysign", signature: "ff>f"),
        Row(Opcode.F64Abs, "f64.abs", signature: "F>F"),
        Row(Opcode.F64Neg, "f64.neg", signature: "F>F"),
        Row(Opcode.F64Ceil, "f64.ceil", signature: "F>F"),
        Row(Opcode.F64Floor, "f64.floor", signature: "F>F"),
        Row(Opcode.F64Trunc, "f64.trunc", signature: "F>F"),
        Row(Opcode.F64Nearest, "f64.nearest", signature: "F>F"),
        Row(Opcode.F64Sqrt, "f64.sqrt", signature: "F>F"),
        Row(Opcode.F64Add, "f64.add", signature: "FF>F"),
        Row(Opcode.F64Sub, "f64.sub", signature: "FF>F"),
        Row(Opcode.F64Mul, "f64.mul", signature: "FF>F"),
        Row(Opcode.F64Div, "f64.div", signature: "FF>F"),
        Row(Opcode.F64Min, "f64.min", signature: "FF>F"),
        Row(Opcode.F64Max, "f64.max", signature: "FF>F"),
        Row(Opcode.F64Copysign, "f64.copysign", signature: "FF>F"),
        Row(Opcode.I32WrapI64, "i32.wrap_i64", signature: "I>i"),
        Row(Opcode.I32TruncF32S, "i32.trunc_f32_s", signature: "f>i"),
        Row(Opcode.I32TruncF32U, "i32.trunc_f32_u", signature: "f>i"),
        Row(Opcode.I32TruncF64S, "i32.trunc_f64_s", signature: "F>i"),
        Row(Opcode.I32TruncF64U, "i32.trunc_f64_u", signature: "F>i"),
        Row(Opcode.I64ExtendI32S, "i64.extend_i32_s", signature: "i>I"),
        Row(Opcode.I64ExtendI32U, "i64.extend_i32_u", signature: "i>I"),
        Row(Opcode.I64TruncF32S, "i64.trunc_f32_s", signature: "f>I"),
        Row(Opcode.I64TruncF32U, "i64.trunc_f32_u", signature: "f>I"),
        Row(Opcode.I64TruncF64S, "i64.trunc_f64_s", signature: "F>I"),
        Row(Opcode.I64TruncF64U, "i64.trunc_f64_u", signature: "F>I"),
        Row(Opcode.F32ConvertI32S, "f32.convert_i32_s", signature: "i>f"),
        Row(Opcode.F32ConvertI32U, "f32.convert_i32_u", signature: "i>f"),
        Row(Opcode.F32ConvertI64S, "f32.convert_i64_s", signature: "I>f"),
        Row(Opcode.F32ConvertI64U, "f32.convert_i64_u", signature: "I>f"),
        Row(Opcode.F32DemoteF64, "f32.demote_f64", signature: "F>f"),
        Row(Opcode.F64ConvertI32S, "f64.convert_i32_s", signature: "i>F"),
        Row(Opcode.F64ConvertI32U, "f64.convert_i32_u", signature: "i>F"),
        Row(Opcode.F64ConvertI64S, "f64.convert_i64_s", signature: "I>F"),
        Row(Opcode.F64ConvertI64U, "f64.convert_i64_u", signature: "I>F"),
        Row(Opcode.F64PromoteF32, "f64.promote_f32", signature: "f>F"),
        Row(Opcode.I32ReinterpretF32, "i32.reinterpret_f32", signature: "f>i"),
        Row(Opcode.I64ReinterpretF64, "i64.reinterpret_f64", signature: "F>I"),
        Row(Opcode.F32ReinterpretI32, "f32.reinterpret_i32", signature: "i>f"),
        Row(Opcode.F64ReinterpretI64, "f64.reinterpret_i64", signature: "I>F"),
        Row(Opcode.I32Extend8S, "i32.extend8_s", signature: "i>i"),
        Row(Opcode.I32Extend16S, "i32.extend16_s", signature: "i>i"),
        Row(Opcode.I64Extend8S, "i64.extend8_s", signature: "I>I"),
        Row(Opcode.I64Extend16S, "i64.extend16_s", signature: "I>I"),
        Row(Opcode.I64Extend32S, "i64.extend32_s", signature: "I>I"),

        // References
        Row(Opcode.RefNull, "ref.null", ImmediateKind.HeapType),
        Row(Opcode.RefIsNull, "ref.is_null"),
        Row(Opcode.RefFunc, "ref.func", ImmediateKind.Function),
        Row(Opcode.RefAsNonNull, "ref.as_non_null", feature: WasmFeatures.FunctionReferences),
        Row(Opcode.BrOnNull, "br_on_null", ImmediateKind.Label, feature: WasmFeatures.FunctionReferences),
        Row(Opcode.BrOnNonNull, "br_on_non_null", ImmediateKind.Label, feature: WasmFeatures.FunctionReferences),

        // Saturating conversions
        Row(Opcode.I32TruncSatF32S, "i32.trunc_sat_f32_s", signature: "f>i"),
        Row(Opcode.I32TruncSatF32U, "i32.trunc_sat_f32_u", signature: "f>i"),
        Row(Opcode.I32TruncSatF64S, "i32.trunc_sat_f64_s", signature: "F>i"),
        Row(Opcode.I32TruncSatF64U, "i32.trunc_sat_f64_u", signature: "F>i"),
        Row(Opcode.I64TruncSatF32S, "i64.trunc_sat_f32_s", signature: "f>I"),
        Row(Opcode.I64TruncSatF32U, "i64.trunc_sat_f32_u", signature: "f>I"),
        Row(Opcode.I64TruncSatF64S, "i64.trunc_sat_f64_s", signature: "F>I"),
        Row(Opcode.I64TruncSatF64U, "i64.trunc_sat_f64_u", signature: "F>I"),

        // Bulk memory and tables
        Row(Opcode.MemoryInit, "memory.init", ImmediateKind.DataAndMemory),
        Row(Opcode.DataDrop, "data.drop", ImmediateKind.Data, ">"),
        Row(Opcode.MemoryCopy, "memory.copy", ImmediateKind.TwoMemories),
        Row(Opcode.MemoryFill, "memory.fill", ImmediateKind.Memory),
        Row(Opcode.TableInit, "table.init", ImmediateKind.ElementAndTable),
        Row(Opcode.ElemDrop, "elem.drop", ImmediateKind.Element, ">"),
        Row(Opcode.TableCopy, "table.copy", ImmediateKind.TwoTables),
        Row(Opcode.TableGrow, "table.grow", ImmediateKind.Table),
        Row(Opcode.TableSize, "table.size", ImmediateKind.Table),
        Row(Opcode.TableFill, "table.fill", ImmediateKind.Table),

        .. VectorRows(),
    ];

    private static readonly OpcodeFacts?[] Single = Index(0, 256);

    private static readonly OpcodeFacts?[] Prefixed = Index(OpcodeFacts.Prefix << 8, PrefixedCount);

    private static readonly OpcodeFacts?[] Vectors = Index(OpcodeFacts.VectorPrefix << 8, VectorCount);

    /// <summary>All rows, by ascending opcode.</summary>
    public static ReadOnlySpan<OpcodeFacts> All => Rows;

    /// <summary>The facts about a one-byte opcode, or <see langword="null"/> when there is no such instruction.</summary>
    public static OpcodeFacts? FindSingle(byte code) => Single[code];

    /// <summary>The facts about the opcode <paramref name="code"/> behind the 0xFC prefix, or <see langword="null"/>.</summary>
    public static OpcodeFacts? FindPrefixed(uint code) => code < PrefixedCount ? Prefixed[code] : null;

    /// <summary>The facts about the opcode <paramref name="code"/> behind the 0xFD prefix, or <see langword="null"/>.</summary>
    public static OpcodeFacts? FindVector(uint code) => code < VectorCount ? Vectors[code] : null;

    /// <summary>The facts about a known opcode.</summary>
    public static OpcodeFacts Of(Opcode opcode) => (int)opcode switch
    {
        <= 0xFF => FindSingle((byte)opcode)!,
        < OpcodeFacts.VectorPrefix << 8 => FindPrefixed((uint)opcode & 0xFF)!,
        _ => FindVector((uint)opcode - (OpcodeFacts.VectorPrefix << 8))!,
    };

    private static OpcodeFacts?[] Index(int first, int count)
    {
        var index = new OpcodeFacts?[count];
        foreach (var row in Rows)
        {
            if ((int)row.Opcode >= first && (int)row.Opcode < first + count)
            {
                index[(int)row.Opcode - first] = row;
            }
        }

        return index;
    }

    private static OpcodeFacts Row(
        Opcode opcode,
        string mnemonic,
        ImmediateKind immediate = ImmediateKind.None,
        string? signature = null,
        byte naturalAlignment = 0,
        WasmFeatures feature = WasmFeatures.None)
    {
        var arrow = signature?.IndexOf('>', StringComparison.Ordinal) ?? 0;
        return new OpcodeFacts(
            opcode,
            mnemonic,
            immediate,
            IsRegular: signature is not null,
            Types(signature.AsSpan(0, arrow)),
            Types(signature.AsSpan(signature is null ? 0 : arrow + 1)),
            naturalAlignment,
            feature);
    }

    private static ImmutableArray<ValType> Types(ReadOnlySpan<char> letters)
    {
        var types = ImmutableArray.CreateBuilder<ValType>(letters.Length);
        foreach (var letter in letters)
        {
            types.Add(letter switch
            {
                'i' => ValType.I32,
                'I' => ValType.I64,
                'f' => ValType.F32,
                'v' => ValType.V128,
                _ => ValType.F64,
            });
        }

        return types.MoveToImmutable();
    }
}
