using System.Reflection.Metadata;
using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>Numeric instructions and conditions.</summary>
internal sealed partial class FunctionCompiler
{
    private void LowerNumeric(OpcodeFacts facts)
    {
        var type = CilTypes.Of(facts.Results[0]);
        if (facts.Operands.Length == 1)
        {
            var operand = Pop();
            Push(Expression.Unary(facts.Opcode, type, operand, NumericLowering.Of(facts.Opcode).MayTrap));
            return;
        }

        var right = Pop();
        var left = Pop();
        Push(Expression.Binary(facts.Opcode, type, left, right, MayTrap(facts.Opcode, right)));
    }

    // A division by a constant that is neither 0 nor -1 cannot trap.
    private static bool MayTrap(Opcode opcode, Expression right)
    {
        switch (opcode)
        {
            case Opcode.I32Shl or Opcode.I32ShrS or Opcode.I32ShrU or Opcode.I64Shl or Opcode.I64ShrS or Opcode.I64ShrU:
                return false;

            case Opcode.I32DivS or Opcode.I32DivU or Opcode.I32RemS or Opcode.I32RemU:
            case Opcode.I64DivS or Opcode.I64DivU or Opcode.I64RemS or Opcode.I64RemU:
                return right is not { Kind: ExpressionKind.Constant, Value: not (0 or -1) };

            default:
                return NumericLowering.Of(opcode).MayTrap;
        }
    }

    private void GenerateBinary(Expression value)
    {
        var right = value.Right!;
        if (PassesThrough(value))
        {
            Generate(value.Left!);
        }
        else
        {
            GenerateForArithmetic(value.Left!);
        }

        switch (value.Opcode)
        {
            case Opcode.I32Shl or Opcode.I64Shl:
                GenerateShiftCount(right);
                _cil.Emit(ILOpCode.Shl);
                break;

            case Opcode.I32ShrS or Opcode.I64ShrS:
                GenerateShiftCount(right);
                _cil.Emit(ILOpCode.Shr);
                break;

            case Opcode.I32ShrU or Opcode.I64ShrU:
                GenerateShiftCount(right);
                _cil.Emit(ILOpCode.Shr_un);
                break;

            case Opcode.I32RemS or Opcode.I64RemS when right is { Kind: ExpressionKind.Constant, Value: not -1 }:
                Generate(right);
                _cil.Emit(ILOpCode.Rem);
                break;

            case Opcode.I32RemS:
                Generate(right);
                EmitCall(Builtin.I32RemS);
                break;

            case Opcode.I64RemS:
                Generate(right);
                EmitCall(Builtin.I64RemS);
                break;

            default:
                if (PassesThrough(value))
                {
                    Generate(right);
                }
                else
                {
                    GenerateForArithmetic(right);
                }

                EmitNumeric(value.Opcode);
                if (IsFoldedByJit(value))
                {
                    EmitCall(value.Type == SignatureTypeCode.Single ? Builtin.F32Quiet : Builtin.F64Quiet);
                }

                break;
        }
    }

    // Whether a comparison of the result with zero, or the operation itself, can come down to a test of an operand.
    private static bool PassesThrough(Expression value) =>
        value.Opcode is >= Opcode.I32Eqz and <= Opcode.I64GeU
        || IsNeutral(value.Left!)
        || IsNeutral(value.Right!)
        || (IsRotation(value) && value.Right!.Kind == ExpressionKind.Constant);

    private static bool IsNeutral(Expression value) => value is { Kind: ExpressionKind.Constant, Value: 0 or 1 or -1 };

    private static bool IsRotation(Expression value) =>
        value.Opcode is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr;

    // RyuJIT (seen in .NET 10) branches on the zero flag after a rotation by a constant, which does not set it. So a rotation whose
    // result could be tested takes a form that the JIT does not recognise: two shifts that are added.
    private void GenerateOpaqueRotation(Expression value)
    {
        var isWide = value.Type == SignatureTypeCode.Int64;
        var width = isWide ? 64 : 32;
        var count = value.Right!;
        var isRight = value.Opcode is Opcode.I32Rotr or Opcode.I64Rotr;
        Generate(value.Left!);
        if (count.Kind == ExpressionKind.Constant)
        {
            var left = (int)(isRight ? -count.Value : count.Value) & (width - 1);
            if (left != 0)
            {
                EmitShiftsThatRotate(value.Type, left, width - left);
            }

            return;
        }

        GenerateShiftCount(count);
        if (isRight)
        {
            _cil.Emit(ILOpCode.Neg);
        }

        EmitCall(isWide ? Builtin.I64RotlOpaque : Builtin.I32RotlOpaque);
    }

    private void EmitShiftsThatRotate(SignatureTypeCode type, int left, int right)
    {
        var operand = AllocateTemporary(type);
        _cil.StoreLocal(operand);
        _cil.LoadLocal(operand);
        _cil.LoadInt32(left);
        _cil.Emit(ILOpCode.Shl);
        _cil.LoadLocal(operand);
        _cil.LoadInt32(right);
        _cil.Emit(ILOpCode.Shr_un);
        _cil.Emit(ILOpCode.Add);
        FreeTemporary(type, operand);
    }

    // Operations with a constant that change no number, only signalling NaNs, and perhaps the sign.
    private static bool IsFoldedByJit(Expression value)
    {
        var left = FloatConstant(value.Left!);
        var right = FloatConstant(value.Right!);
        return value.Opcode switch
        {
            Opcode.F32Add or Opcode.F64Add => IsMinusZero(left) || IsMinusZero(right),
            Opcode.F32Sub or Opcode.F64Sub => IsMinusZero(left) || right is 0,
            Opcode.F32Mul or Opcode.F64Mul => left is 1 or -1 || right is 1 or -1,
            Opcode.F32Div or Opcode.F64Div => right is 1 or -1,
            _ => false,
        };

        static bool IsMinusZero(double? constant) => constant is { } number && number == 0 && double.IsNegative(number);
    }

    private static double? FloatConstant(Expression value) => value switch
    {
        { Kind: ExpressionKind.Constant, Type: SignatureTypeCode.Single } => BitConverter.Int32BitsToSingle((int)value.Value),
        { Kind: ExpressionKind.Constant, Type: SignatureTypeCode.Double } => BitConverter.Int64BitsToDouble(value.Value),
        _ => null,
    };

    // CIL leaves shifts by the width or more undefined; the processor masks anyway, so this costs nothing.
    // spec: op-ishl
    private void GenerateShiftCount(Expression count)
    {
        var mask = count.Type == SignatureTypeCode.Int64 ? 63 : 31;
        if (count.Kind == ExpressionKind.Constant)
        {
            _cil.LoadInt32((int)count.Value & mask);
            return;
        }

        Generate(count);
        if (count.Type == SignatureTypeCode.Int64)
        {
            _cil.Emit(ILOpCode.Conv_i4);
        }

        _cil.LoadInt32(mask);
        _cil.Emit(ILOpCode.And);
    }

    private void EmitNumeric(Opcode opcode)
    {
        foreach (var step in NumericLowering.Of(opcode).Steps)
        {
            if (step.IsCall)
            {
                EmitCall(step.Builtin);
            }
            else
            {
                _cil.Emit(step.Opcode);
            }
        }
    }

    /// <summary>Branches when the condition's truth is <paramref name="whenTrue"/>; comparisons are fused with the branch.</summary>
    private void EmitConditionalBranch(Expression condition, bool whenTrue, int label)
    {
        while (condition is { Kind: ExpressionKind.Unary, Opcode: Opcode.I32Eqz })
        {
            condition = condition.Left!;
            whenTrue = !whenTrue;
        }

        if (condition is { Kind: ExpressionKind.Unary, Opcode: Opcode.I64Eqz })
        {
            Generate(condition.Left!);
            _cil.Branch(whenTrue ? ILOpCode.Brfalse : ILOpCode.Brtrue, label);
        }
        else if (condition.Kind == ExpressionKind.Binary && FusedBranch(condition.Opcode, whenTrue) is { } branch)
        {
            Generate(condition.Left!);
            Generate(condition.Right!);
            _cil.Branch(branch, label);
        }
        else
        {
            Generate(condition);
            _cil.Branch(whenTrue ? ILOpCode.Brtrue : ILOpCode.Brfalse, label);
        }
    }

    // The negation of an ordered float comparison is the opposite unordered one, which a NaN satisfies.
    private static ILOpCode? FusedBranch(Opcode comparison, bool whenTrue) => comparison switch
    {
        Opcode.I32Eq or Opcode.I64Eq or Opcode.F32Eq or Opcode.F64Eq => whenTrue ? ILOpCode.Beq : ILOpCode.Bne_un,
        Opcode.I32Ne or Opcode.I64Ne or Opcode.F32Ne or Opcode.F64Ne => whenTrue ? ILOpCode.Bne_un : ILOpCode.Beq,
        Opcode.I32LtS or Opcode.I64LtS => whenTrue ? ILOpCode.Blt : ILOpCode.Bge,
        Opcode.I32LtU or Opcode.I64LtU => whenTrue ? ILOpCode.Blt_un : ILOpCode.Bge_un,
        Opcode.I32GtS or Opcode.I64GtS => whenTrue ? ILOpCode.Bgt : ILOpCode.Ble,
        Opcode.I32GtU or Opcode.I64GtU => whenTrue ? ILOpCode.Bgt_un : ILOpCode.Ble_un,
        Opcode.I32LeS or Opcode.I64LeS => whenTrue ? ILOpCode.Ble : ILOpCode.Bgt,
        Opcode.I32LeU or Opcode.I64LeU => whenTrue ? ILOpCode.Ble_un : ILOpCode.Bgt_un,
        Opcode.I32GeS or Opcode.I64GeS => whenTrue ? ILOpCode.Bge : ILOpCode.Blt,
        Opcode.I32GeU or Opcode.I64GeU => whenTrue ? ILOpCode.Bge_un : ILOpCode.Blt_un,
        Opcode.F32Lt or Opcode.F64Lt => whenTrue ? ILOpCode.Blt : ILOpCode.Bge_un,
        Opcode.F32Gt or Opcode.F64Gt => whenTrue ? ILOpCode.Bgt : ILOpCode.Ble_un,
        Opcode.F32Le or Opcode.F64Le => whenTrue ? ILOpCode.Ble : ILOpCode.Bgt_un,
        Opcode.F32Ge or Opcode.F64Ge => whenTrue ? ILOpCode.Bge : ILOpCode.Blt_un,
        _ => null,
    };
}
