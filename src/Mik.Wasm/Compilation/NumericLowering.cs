using System.Reflection.Metadata;
using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>One thing a numeric instruction becomes: a CIL instruction or a call.</summary>
internal readonly struct LoweringStep
{
    private const int CallFlag = 0x10000;
    private readonly int _code;

    private LoweringStep(int code) => _code = code;

    public bool IsCall => (_code & CallFlag) != 0;

    public Builtin Builtin => (Builtin)(_code & ~CallFlag);

    public ILOpCode Opcode => (ILOpCode)_code;

    public static implicit operator LoweringStep(ILOpCode opcode) => new((int)opcode);

    public static implicit operator LoweringStep(Builtin builtin) => new((int)builtin | CallFlag);
}

/// <summary>What a regular numeric instruction becomes once its operands are on the evaluation stack.</summary>
/// <param name="Steps">Emitted in order.</param>
/// <param name="MayTrap">Whether some operands make it trap.</param>
internal sealed record NumericLowering(LoweringStep[] Steps, bool MayTrap)
{
    private const int FirstPrefixed = 256;

    private static readonly NumericLowering?[] Table = Build();

    /// <summary>The lowering of a regular numeric instruction; shifts and signed remainders are not regular.</summary>
    public static NumericLowering Of(Opcode opcode) =>
        Table[Position(opcode)] ?? throw new InvalidOperationException($"{opcode} has no lowering");

    private static int Position(Opcode opcode) =>
        (int)opcode < FirstPrefixed ? (int)opcode : FirstPrefixed + ((int)opcode & 0xFF);

    private static NumericLowering?[] Build()
    {
        var table = new NumericLowering?[2 * FirstPrefixed];

        Add([Opcode.I32Eqz], ILOpCode.Ldc_i4_0, ILOpCode.Ceq);
        Add([Opcode.I64Eqz], ILOpCode.Ldc_i4_0, ILOpCode.Conv_i8, ILOpCode.Ceq);
        Add([Opcode.I32Eq, Opcode.I64Eq, Opcode.F32Eq, Opcode.F64Eq], ILOpCode.Ceq);
        Add([Opcode.I32Ne, Opcode.I64Ne, Opcode.F32Ne, Opcode.F64Ne], ILOpCode.Ceq, ILOpCode.Ldc_i4_0, ILOpCode.Ceq);
        Add([Opcode.I32LtS, Opcode.I64LtS, Opcode.F32Lt, Opcode.F64Lt], ILOpCode.Clt);
        Add([Opcode.I32LtU, Opcode.I64LtU], ILOpCode.Clt_un);
        Add([Opcode.I32GtS, Opcode.I64GtS, Opcode.F32Gt, Opcode.F64Gt], ILOpCode.Cgt);
        Add([Opcode.I32GtU, Opcode.I64GtU], ILOpCode.Cgt_un);

        // "Not greater" and "not less"; for floats the unordered form, as a NaN must make the result 0.
        Add([Opcode.I32LeS, Opcode.I64LeS], ILOpCode.Cgt, ILOpCode.Ldc_i4_0, ILOpCode.Ceq);
        Add([Opcode.I32LeU, Opcode.I64LeU, Opcode.F32Le, Opcode.F64Le], ILOpCode.Cgt_un, ILOpCode.Ldc_i4_0, ILOpCode.Ceq);
        Add([Opcode.I32GeS, Opcode.I64GeS], ILOpCode.Clt, ILOpCode.Ldc_i4_0, ILOpCode.Ceq);
        Add([Opcode.I32GeU, Opcode.I64GeU, Opcode.F32Ge, Opcode.F64Ge], ILOpCode.Clt_un, ILOpCode.Ldc_i4_0, ILOpCode.Ceq);

        Add([Opcode.I32Add, Opcode.I64Add, Opcode.F32Add, Opcode.F64Add], ILOpCode.Add);
        Add([Opcode.I32Sub, Opcode.I64Sub, Opcode.F32Sub, Opcode.F64Sub], ILOpCode.Sub);
        Add([Opcode.I32Mul, Opcode.I64Mul, Opcode.F32Mul, Opcode.F64Mul], ILOpCode.Mul);
        Add([Opcode.F32Div, Opcode.F64Div], ILOpCode.Div);
        Add([Opcode.I32And, Opcode.I64And], ILOpCode.And);
        Add([Opcode.I32Or, Opcode.I64Or], ILOpCode.Or);
        Add([Opcode.I32Xor, Opcode.I64Xor], ILOpCode.Xor);
        Add([Opcode.F32Neg, Opcode.F64Neg], ILOpCode.Neg);

        // The framework's division exceptions are exactly WebAssembly's two division traps.
        AddTrapping([Opcode.I32DivS, Opcode.I64DivS], ILOpCode.Div);
        AddTrapping([Opcode.I32DivU, Opcode.I64DivU], ILOpCode.Div_un);
        AddTrapping([Opcode.I32RemU, Opcode.I64RemU], ILOpCode.Rem_un);

        Add([Opcode.I32Clz], Builtin.I32Clz);
        Add([Opcode.I32Ctz], Builtin.I32Ctz);
        Add([Opcode.I32Popcnt], Builtin.I32Popcnt);
        Add([Opcode.I32Rotl], Builtin.I32Rotl);
        Add([Opcode.I32Rotr], Builtin.I32Rotr);
        Add([Opcode.I64Clz], Builtin.I64Clz, ILOpCode.Conv_u8);
        Add([Opcode.I64Ctz], Builtin.I64Ctz, ILOpCode.Conv_u8);
        Add([Opcode.I64Popcnt], Builtin.I64Popcnt, ILOpCode.Conv_u8);
        Add([Opcode.I64Rotl], ILOpCode.Conv_i4, Builtin.I64Rotl);
        Add([Opcode.I64Rotr], ILOpCode.Conv_i4, Builtin.I64Rotr);

        Add([Opcode.F32Abs], Builtin.F32Abs);
        Add([Opcode.F32Ceil], Builtin.F32Ceil);
        Add([Opcode.F32Floor], Builtin.F32Floor);
        Add([Opcode.F32Trunc], Builtin.F32Trunc);
        Add([Opcode.F32Nearest], Builtin.F32Nearest);
        Add([Opcode.F32Sqrt], Builtin.F32Sqrt);
        Add([Opcode.F32Min], Builtin.F32Min);
        Add([Opcode.F32Max], Builtin.F32Max);
        Add([Opcode.F32Copysign], Builtin.F32Copysign);
        Add([Opcode.F64Abs], Builtin.F64Abs);
        Add([Opcode.F64Ceil], Builtin.F64Ceil);
        Add([Opcode.F64Floor], Builtin.F64Floor);
        Add([Opcode.F64Trunc], Builtin.F64Trunc);
        Add([Opcode.F64Nearest], Builtin.F64Nearest);
        Add([Opcode.F64Sqrt], Builtin.F64Sqrt);
        Add([Opcode.F64Min], Builtin.F64Min);
        Add([Opcode.F64Max], Builtin.F64Max);
        Add([Opcode.F64Copysign], Builtin.F64Copysign);

        Add([Opcode.I32WrapI64], ILOpCode.Conv_i4);
        Add([Opcode.I64ExtendI32S], ILOpCode.Conv_i8);
        Add([Opcode.I64ExtendI32U], ILOpCode.Conv_u8);
        Add([Opcode.I32Extend8S], ILOpCode.Conv_i1);
        Add([Opcode.I32Extend16S], ILOpCode.Conv_i2);
        Add([Opcode.I64Extend8S], ILOpCode.Conv_i1, ILOpCode.Conv_i8);
        Add([Opcode.I64Extend16S], ILOpCode.Conv_i2, ILOpCode.Conv_i8);
        Add([Opcode.I64Extend32S], ILOpCode.Conv_i4, ILOpCode.Conv_i8);

        AddTrapping([Opcode.I32TruncF32S], Builtin.I32TruncF32S);
        AddTrapping([Opcode.I32TruncF32U], Builtin.I32TruncF32U);
        AddTrapping([Opcode.I32TruncF64S], Builtin.I32TruncF64S);
        AddTrapping([Opcode.I32TruncF64U], Builtin.I32TruncF64U);
        AddTrapping([Opcode.I64TruncF32S], Builtin.I64TruncF32S);
        AddTrapping([Opcode.I64TruncF32U], Builtin.I64TruncF32U);
        AddTrapping([Opcode.I64TruncF64S], Builtin.I64TruncF64S);
        AddTrapping([Opcode.I64TruncF64U], Builtin.I64TruncF64U);

        // Saturating on every platform since .NET 9, NaN to 0.
        Add([Opcode.I32TruncSatF32S, Opcode.I32TruncSatF64S], ILOpCode.Conv_i4);
        Add([Opcode.I32TruncSatF32U, Opcode.I32TruncSatF64U], ILOpCode.Conv_u4);
        Add([Opcode.I64TruncSatF32S, Opcode.I64TruncSatF64S], ILOpCode.Conv_i8);
        Add([Opcode.I64TruncSatF32U, Opcode.I64TruncSatF64U], ILOpCode.Conv_u8);

        Add([Opcode.F32ConvertI32S, Opcode.F32ConvertI64S], ILOpCode.Conv_r4);
        Add([Opcode.F32DemoteF64], Builtin.F32DemoteF64);
        Add([Opcode.F64ConvertI32S, Opcode.F64ConvertI64S, Opcode.F64PromoteF32], ILOpCode.Conv_r8);
        Add([Opcode.F32ConvertI32U], ILOpCode.Conv_u8, ILOpCode.Conv_r4);
        Add([Opcode.F64ConvertI32U], ILOpCode.Conv_u8, ILOpCode.Conv_r8);
        Add([Opcode.F32ConvertI64U], Builtin.F32ConvertI64U);
        Add([Opcode.F64ConvertI64U], Builtin.F64ConvertI64U);

        Add([Opcode.I32ReinterpretF32], Builtin.I32ReinterpretF32);
        Add([Opcode.I64ReinterpretF64], Builtin.I64ReinterpretF64);
        Add([Opcode.F32ReinterpretI32], Builtin.F32ReinterpretI32);
        Add([Opcode.F64ReinterpretI64], Builtin.F64ReinterpretI64);
        return table;

        void Add(ReadOnlySpan<Opcode> opcodes, params LoweringStep[] steps) => Set(opcodes, new NumericLowering(steps, MayTrap: false));

        void AddTrapping(ReadOnlySpan<Opcode> opcodes, params LoweringStep[] steps) =>
            Set(opcodes, new NumericLowering(steps, MayTrap: true));

        void Set(ReadOnlySpan<Opcode> opcodes, NumericLowering lowering)
        {
            foreach (var opcode in opcodes)
            {
                table[Position(opcode)] = lowering;
            }
        }
    }
}
