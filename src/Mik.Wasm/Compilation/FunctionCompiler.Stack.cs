using System.Reflection.Metadata;

namespace Mik.Wasm.Compilation;

/// <summary>The symbolic operand stack, temporaries and the emission of expressions.</summary>
internal sealed partial class FunctionCompiler
{
    // Larger trees make the JIT's own recursion deep and gain nothing.
    private const int MaxTreeSize = 24;

    // Bounds the work of Flush, which looks at every unsettled operand before every side effect.
    private const int MaxUnsettled = 48;

    private readonly List<Expression> _stack = [];

    // Free temporaries by type: int32, int64, single, double, native int, vector.
    private readonly Stack<int>[] _temporaries = [new(), new(), new(), new(), new(), new()];

    // All operands below this position are settled.
    private int _settled;

    private void Push(Expression value)
    {
        if (value.Size > MaxTreeSize)
        {
            value = MaterializeTop(value);
        }

        _stack.Add(value);
        if (_stack.Count - _settled > MaxUnsettled)
        {
            _stack[_settled] = Materialize(_stack[_settled]);
            AdvanceSettled();
        }
    }

    private Expression Pop()
    {
        var value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        _settled = Math.Min(_settled, _stack.Count);
        return value;
    }

    /// <summary>Evaluates now, in order, every operand with one of these effects, leaving out the topmost ones.</summary>
    private void Flush(Effects effects, int except = 0)
    {
        for (var i = _settled; i < _stack.Count - except; i++)
        {
            if ((_stack[i].Effects & effects) != 0)
            {
                _stack[i] = Materialize(_stack[i]);
            }
        }

        AdvanceSettled();
    }

    private void FlushAll()
    {
        for (var i = _settled; i < _stack.Count; i++)
        {
            _stack[i] = Materialize(_stack[i]);
        }

        _settled = _stack.Count;
    }

    private void FlushReadersOf(uint local)
    {
        var bit = Expression.LocalBit(local);
        for (var i = _settled; i < _stack.Count; i++)
        {
            if ((_stack[i].LocalsRead & bit) != 0)
            {
                if ((_stack[i].Effects & Effects.MayTrap) != 0)
                {
                    Flush(Effects.MayTrap);
                }

                _stack[i] = Materialize(_stack[i]);
            }
        }

        AdvanceSettled();
    }

    private void AdvanceSettled()
    {
        while (_settled < _stack.Count && _stack[_settled].IsSettled)
        {
            _settled++;
        }
    }

    /// <summary>Evaluates a value popped from the stack now, after whatever below it may trap first.</summary>
    private Expression MaterializeTop(Expression value)
    {
        if ((value.Effects & Effects.MayTrap) != 0)
        {
            Flush(Effects.MayTrap);
        }

        return Materialize(value);
    }

    private Expression Materialize(Expression value)
    {
        if (value.IsSettled)
        {
            return value;
        }

        Generate(value);
        return StoreToTemporary(value.Type);
    }

    /// <summary>Moves the value on the evaluation stack to a new temporary.</summary>
    private Expression StoreToTemporary(SignatureTypeCode type)
    {
        var index = AllocateTemporary(type);
        _cil.StoreLocal(index);
        return Expression.Temporary(type, index);
    }

    /// <summary>A form of a popped value that <see cref="GenerateAgain"/> can emit any number of times; to be released.</summary>
    private Expression ToSimple(Expression value) => value.IsSimple ? value : Materialize(value);

    private int AllocateTemporary(SignatureTypeCode type) =>
        PoolOf(type).TryPop(out var index) ? index : _cil.DeclareLocal(type);

    private void FreeTemporary(SignatureTypeCode type, int index) => PoolOf(type).Push(index);

    private Stack<int> PoolOf(SignatureTypeCode type) => _temporaries[type switch
    {
        SignatureTypeCode.Int32 => 0,
        SignatureTypeCode.Int64 => 1,
        SignatureTypeCode.Single => 2,
        SignatureTypeCode.Double => 3,
        CilTypes.Vector => 5,
        _ => 4,
    }];

    /// <summary>Gives back the temporaries of a value that will not be generated (any more).</summary>
    private void Release(Expression? value)
    {
        while (value is not null)
        {
            if (value.Kind == ExpressionKind.Temporary)
            {
                FreeTemporary(value.Type, (int)value.Value);
            }

            Release(value.Third);
            Release(value.Right);
            value = value.Left;
        }
    }

    private void TruncateStack(int height)
    {
        while (_stack.Count > height)
        {
            Release(Pop());
        }
    }

    /// <summary>Emits the value onto the evaluation stack and gives back its temporaries.</summary>
    private void Generate(Expression value)
    {
        if (IsRotation(value))
        {
            GenerateOpaqueRotation(value);
        }
        else
        {
            GenerateForArithmetic(value);
        }
    }

    /// <summary>The same for a value that is not going to be compared with zero, by whatever detour.</summary>
    private void GenerateForArithmetic(Expression value)
    {
        switch (value.Kind)
        {
            case ExpressionKind.Unary:
                Generate(value.Left!);
                EmitNumeric(value.Opcode);
                break;

            case ExpressionKind.Binary:
                GenerateBinary(value);
                break;

            case ExpressionKind.Load:
                GenerateAddress(value.Memory, value.Left!, (ulong)value.Value);
                EmitLoad(value.Opcode);
                break;

            case ExpressionKind.Vector:
                GenerateVector(value);
                break;

            case ExpressionKind.Global:
                LoadGlobalAddress((uint)value.Value);
                _cil.EmitLoad(value.Type, _refs);
                break;

            default:
                GenerateAgain(value);
                Release(value);
                break;
        }
    }

    /// <summary>Emits a simple value and keeps its temporary.</summary>
    private void GenerateAgain(Expression value)
    {
        switch (value.Kind)
        {
            case ExpressionKind.Constant:
                GenerateConstant(value);
                break;

            case ExpressionKind.Local when value.Value < _parameterCount:
                _cil.LoadArgument((int)value.Value + 1);
                break;

            case ExpressionKind.Local:
                _cil.LoadLocal((int)value.Value - _parameterCount);
                break;

            case ExpressionKind.Temporary:
                _cil.LoadLocal((int)value.Value);
                break;

            default:
                throw new InvalidOperationException($"a {value.Kind} expression can be generated only once");
        }
    }

    private void GenerateConstant(Expression value)
    {
        switch (value.Type)
        {
            case SignatureTypeCode.Int32:
                _cil.LoadInt32((int)value.Value);
                break;

            case SignatureTypeCode.Int64:
                _cil.LoadInt64(value.Value);
                break;

            // The JIT keeps a float constant as a double, which quiets a signalling NaN.
            case SignatureTypeCode.Single when IsSignalingNaN((int)value.Value):
                _cil.LoadInt32((int)value.Value);
                EmitCall(Builtin.F32SignalingNaN);
                break;

            case SignatureTypeCode.Single:
                _cil.LoadSingle((int)value.Value);
                break;

            case CilTypes.Vector:
                GenerateVectorConstant(value.Value, value.Upper);
                break;

            default:
                _cil.LoadDouble(value.Value);
                break;
        }
    }

    private static bool IsSignalingNaN(int bits)
    {
        const int QuietBit = 0x0040_0000;
        return float.IsNaN(BitConverter.Int32BitsToSingle(bits)) && (bits & QuietBit) == 0;
    }

    private void LowerLocalSet(uint local)
    {
        var value = Pop();
        FlushReadersOf(local);
        if ((value.Effects & Effects.MayTrap) != 0)
        {
            Flush(Effects.MayTrap);
        }

        if ((_testedLocals & Expression.LocalBit(local)) == 0)
        {
            GenerateForArithmetic(value);
        }
        else
        {
            Generate(value);
        }

        if (local < _parameterCount)
        {
            _cil.StoreArgument((int)local + 1);
        }
        else
        {
            _cil.StoreLocal((int)local - _parameterCount);
        }
    }

    private void LowerGlobalGet(uint index)
    {
        var global = _module.Globals[index];
        Push(Expression.Global(CilTypes.Of(global.ValueType), index, global.IsMutable));
    }

    // spec: exec-global.set
    private void LowerGlobalSet(uint index)
    {
        var value = Pop();
        Flush(Effects.ReadsGlobals | Effects.MayTrap);
        LoadGlobalAddress(index);
        Generate(value);
        _cil.EmitStore(value.Type, _refs);
    }

    private void LoadGlobalAddress(uint index)
    {
        if (_layout.IsGlobalIndirect(index))
        {
            LoadContextField(_layout.GlobalSlot(index), ILOpCode.Ldind_i);
        }
        else
        {
            LoadContextFieldAddress(_layout.GlobalSlot(index));
        }
    }

    // spec: exec-drop. What may trap still has to.
    private void LowerDrop()
    {
        var value = Pop();
        if ((value.Effects & Effects.MayTrap) == 0)
        {
            Release(value);
            return;
        }

        Flush(Effects.MayTrap);
        Generate(value);
        switch (value.Type)
        {
            case SignatureTypeCode.Int32:
                _cil.Emit(ILOpCode.Conv_i8);
                break;

            case SignatureTypeCode.Single:
                EmitCall(Builtin.I32ReinterpretF32);
                _cil.Emit(ILOpCode.Conv_i8);
                break;

            case SignatureTypeCode.Double:
                EmitCall(Builtin.I64ReinterpretF64);
                break;
        }

        if (value.Type == CilTypes.Vector)
        {
            EmitCall(VectorMethods.Keep);
            return;
        }

        EmitCall(Builtin.Keep);
    }

    // spec: exec-select
    private void LowerSelect()
    {
        var condition = Pop();
        var second = Pop();
        var first = Pop();
        Flush((first.Effects | second.Effects | condition.Effects) & Effects.MayTrap);

        // Only the first is always evaluated where it is written; the others must not be skipped if they can trap.
        if (((second.Effects | condition.Effects) & Effects.MayTrap) != 0)
        {
            first = Materialize(first);
            second = Materialize(second);
        }

        Generate(first);
        var result = StoreToTemporary(first.Type);
        var done = _cil.DefineLabel();
        EmitConditionalBranch(condition, whenTrue: true, done);
        Generate(second);
        _cil.StoreLocal((int)result.Value);
        _cil.MarkLabel(done);
        Push(result);
    }
}
