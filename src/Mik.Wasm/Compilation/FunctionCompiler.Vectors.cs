using System.Reflection.Metadata;
using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>Vector instructions. All are pure but for loads and stores; <see cref="VectorLowering"/> says what each becomes.</summary>
internal sealed partial class FunctionCompiler
{
    private void LowerVector(in Instruction instruction)
    {
        switch (instruction.Facts.Immediate)
        {
            case ImmediateKind.V128:
                Push(Expression.VectorConstant(instruction.Vector(_module.Bytes.Span)));
                break;

            case ImmediateKind.MemoryArgument when instruction.Opcode == Opcode.V128Store:
                LowerStore(instruction);
                break;

            case ImmediateKind.MemoryArgument:
                LowerLoad(instruction);
                break;

            case ImmediateKind.MemoryArgumentAndLane when instruction.Facts.Results.Length == 0:
                LowerStoreLane(instruction);
                break;

            case ImmediateKind.MemoryArgumentAndLane:
                LowerLoadLane(instruction);
                break;

            case ImmediateKind.Shuffle:
                LowerShuffle(instruction);
                break;

            default:
                LowerPureVector(instruction);
                break;
        }
    }

    private void LowerPureVector(in Instruction instruction)
    {
        var facts = instruction.Facts;
        var operands = PopOperands(facts.Operands.Length);

        // In another order than the instruction's own, an operand that traps must not get behind another one that does.
        if (VectorLowering.Of(facts.Opcode).Order.Length > 0 && operands.Count(static o => (o.Effects & Effects.MayTrap) != 0) > 1)
        {
            Flush(Effects.MayTrap);
            for (var i = 0; i < operands.Length; i++)
            {
                operands[i] = Materialize(operands[i]);
            }
        }

        Push(Expression.Vector(facts.Opcode, CilTypes.Of(facts.Results[0]), operands, 0, instruction.Lane, Effects.None));
    }

    // spec: exec-load-lane. The vector goes onto the evaluation stack before the address.
    private void LowerLoadLane(in Instruction instruction)
    {
        var vector = Pop();
        var address = Pop();
        var memory = instruction.SecondIndex;
        var effects = Effects.ReadsMemory;
        if (IsChecked(memory))
        {
            Flush(Effects.MayTrap);
            address = ToSimple(address);
            vector = (vector.Effects & Effects.MayTrap) != 0 ? Materialize(vector) : vector;
            address = CheckAddress(memory, address, instruction.Bits, 1 << instruction.Facts.NaturalAlignment);
        }
        else
        {
            effects |= Effects.MayTrap;
            if ((address.Effects & Effects.MayTrap) != 0)
            {
                address = MaterializeTop(address);
            }
        }

        Push(Expression.Vector(instruction.Opcode, CilTypes.Vector, [vector, address], instruction.Bits, instruction.Lane, effects, memory));
    }

    // spec: exec-store-lane
    private void LowerStoreLane(in Instruction instruction)
    {
        var (address, vector) = PopStoreOperands(instruction);
        GenerateAddress(instruction.SecondIndex, address, instruction.Bits);
        Generate(vector);
        _cil.LoadInt32(instruction.Lane);
        EmitSteps(instruction.Opcode);
    }

    private void EmitVectorLoad(Opcode opcode)
    {
        if (opcode == Opcode.V128Load)
        {
            _cil.EmitLoad(CilTypes.Vector, _refs);
        }
        else
        {
            EmitSteps(opcode);
        }
    }

    private void GenerateVector(Expression value)
    {
        switch (OpcodeTable.Of(value.Opcode).Immediate)
        {
            case ImmediateKind.MemoryArgumentAndLane:
                Generate(value.Left!);
                _cil.LoadInt32(value.Lane);
                GenerateAddress(value.Memory, value.Right!, (ulong)value.Value);
                EmitSteps(value.Opcode);
                break;

            case ImmediateKind.Lane:
                Generate(value.Left!);
                _cil.LoadInt32(value.Lane);
                if (value.Right is { } replacement)
                {
                    GenerateForArithmetic(replacement);
                }

                EmitSteps(value.Opcode);
                break;

            case ImmediateKind.Shuffle:
                GenerateShuffle(value);
                break;

            default:
                GeneratePureVector(value);
                break;
        }
    }

    private void GeneratePureVector(Expression value)
    {
        var lowering = VectorLowering.Of(value.Opcode);
        var count = value.Third is not null ? 3 : value.Right is not null ? 2 : 1;
        for (var i = 0; i < count; i++)
        {
            var position = lowering.Order.Length > 0 ? lowering.Order[i] : i;
            var operand = position switch { 0 => value.Left!, 1 => value.Right!, _ => value.Third! };
            GenerateForArithmetic(operand);
            if (lowering.Prepare.Length > 0 && lowering.Prepare[position] is { } prepare)
            {
                EmitCall(prepare);
            }
        }

        if (lowering.CountMask != 0)
        {
            _cil.LoadInt32(lowering.CountMask);
            _cil.Emit(ILOpCode.And);
        }

        EmitSteps(value.Opcode);
        if (IsVectorFoldedByJit(value))
        {
            EmitCall(value.Opcode < Opcode.F64x2Abs ? VectorMethods.QuietF32 : VectorMethods.QuietF64);
        }
    }

    // Operations with the same constant in all lanes that change no number: see IsFoldedByJit.
    private static bool IsVectorFoldedByJit(Expression value)
    {
        if (value.Opcode is not ((>= Opcode.F32x4Add and <= Opcode.F32x4Div) or (>= Opcode.F64x2Add and <= Opcode.F64x2Div)))
        {
            return false;
        }

        var isDouble = value.Opcode >= Opcode.F64x2Add;
        var left = LaneConstant(value.Left!, isDouble);
        var right = LaneConstant(value.Right!, isDouble);
        return value.Opcode switch
        {
            Opcode.F32x4Add or Opcode.F32x4Sub or Opcode.F64x2Add or Opcode.F64x2Sub => left is 0 || right is 0,
            Opcode.F32x4Mul or Opcode.F64x2Mul => left is 1 or -1 || right is 1 or -1,
            _ => right is 1 or -1,
        };
    }

    /// <summary>The number that all lanes hold, if it is known.</summary>
    private static double? LaneConstant(Expression value, bool isDouble)
    {
        if (value is { Kind: ExpressionKind.Vector, Opcode: Opcode.F32x4Splat or Opcode.F64x2Splat })
        {
            return FloatConstant(value.Left!);
        }

        if (value.Kind != ExpressionKind.Constant || value.Value != value.Upper)
        {
            return null;
        }

        if (isDouble)
        {
            return BitConverter.Int64BitsToDouble(value.Value);
        }

        return (int)value.Value == (int)(value.Value >> 32) ? BitConverter.Int32BitsToSingle((int)value.Value) : null;
    }

    // spec: op-shuffle
    private void LowerShuffle(in Instruction instruction)
    {
        var second = Pop();
        var first = Pop();
        var lanes = new ShuffleLanes(instruction.Vector(_module.Bytes.Span));
        if (first.Kind == ExpressionKind.Local && second.Kind == ExpressionKind.Local && first.Value == second.Value)
        {
            lanes = lanes.OfOne;
        }

        if (lanes.UsesBoth)
        {
            // Some instructions want the second operand first.
            if ((first.Effects & second.Effects & Effects.MayTrap) != 0)
            {
                first = MaterializeTop(first);
                second = Materialize(second);
            }

            Push(Expression.Vector(instruction.Opcode, CilTypes.Vector, [first, second], lanes.Bits, 0, Effects.None));
            return;
        }

        // The operand that is not looked at still has to trap.
        var (used, unused) = lanes.UsesFirst ? (first, second) : (second, first);
        if ((unused.Effects & Effects.MayTrap) != 0)
        {
            Flush(Effects.MayTrap);
            used = lanes.UsesFirst ? Materialize(used) : used;
            Generate(unused);
            EmitCall(VectorMethods.Keep);
        }
        else
        {
            Release(unused);
        }

        Push(Expression.Vector(instruction.Opcode, CilTypes.Vector, [used], lanes.OfOne.Bits, 0, Effects.None));
    }

    private void GenerateShuffle(Expression value)
    {
        var lanes = new ShuffleLanes(new UInt128((ulong)value.Upper, (ulong)value.Value));
        if (value.Right is null)
        {
            Generate(value.Left!);
            EmitShuffleOfOne(lanes);
        }
        else if (lanes.IsBlend)
        {
            GenerateVectorConstant(lanes.FirstMask);
            Generate(value.Left!);
            Generate(value.Right);
            EmitCall(VectorMethods.Select);
        }
        else if (ShuffleInstruction.Find(lanes) is { } instruction)
        {
            Generate(instruction.IsSwapped ? value.Right : value.Left!);
            Generate(instruction.IsSwapped ? value.Left! : value.Right);
            if (instruction.Immediate is { } immediate)
            {
                _cil.LoadInt32(immediate);
            }

            EmitCall(instruction.Method);
        }
        else
        {
            Generate(value.Left!);
            EmitShuffleOfOne(lanes.First);
            Generate(value.Right);
            EmitShuffleOfOne(lanes.Second);
            EmitCall(VectorMethods.Or);
        }
    }

    /// <summary>Shuffles the vector on the evaluation stack.</summary>
    private void EmitShuffleOfOne(ShuffleLanes lanes)
    {
        if (lanes.IsIdentity)
        {
            return;
        }

        if (!lanes.MovesWords)
        {
            GenerateVectorConstant(lanes.Bits);
            EmitCall(VectorMethods.ShuffleBytes);
            return;
        }

        UInt128 words = 0;
        for (var i = 3; i >= 0; i--)
        {
            words = (words << 32) | (uint)(lanes[4 * i] / 4);
        }

        GenerateVectorConstant(words);
        EmitCall(VectorMethods.ShuffleWords);
    }

    private void GenerateVectorConstant(UInt128 bits) => GenerateVectorConstant((long)(ulong)bits, (long)(ulong)(bits >> 64));

    private void GenerateVectorConstant(long lower, long upper)
    {
        _cil.LoadInt64(lower);
        if (lower == upper)
        {
            EmitCall(VectorMethods.Splat);
            return;
        }

        _cil.LoadInt64(upper);
        EmitCall(VectorMethods.Create);
    }

    private void EmitSteps(Opcode opcode)
    {
        foreach (var step in VectorLowering.Of(opcode).Steps)
        {
            if (step.Method is { } method)
            {
                EmitCall(method);
            }
            else
            {
                _cil.Emit(step.Opcode);
            }
        }
    }

    private void EmitCall(VectorMethod method) =>
        _cil.EmitToken(ILOpCode.Call, _refs.Token(method), method.ParameterCount, method.Result.Length == 0 ? 0 : 1);
}
