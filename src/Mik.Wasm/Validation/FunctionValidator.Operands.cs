using System.Collections.Immutable;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    /// <summary>The type of an operand that unreachable code takes from nowhere; it stands for every type.</summary>
    private const ValType Unknown = 0;

    private ValType[] _operands = new ValType[64];
    private int _operandCount;

    // What is left of the work that calls and branches may cause in this module.
    private long _allowance =
        ImplementationLimits.FreeOperands + ((long)ImplementationLimits.OperandsPerByte * module.Bytes.Length);

    private void Push(ValType type)
    {
        if (_operandCount == _operands.Length)
        {
            Reserve(1);
        }

        _operands[_operandCount++] = type;
    }

    private void Push(ImmutableArray<ValType> types)
    {
        Spend(types.Length);
        Reserve(types.Length);
        types.CopyTo(_operands, _operandCount);
        _operandCount += types.Length;
    }

    private void Reserve(int count)
    {
        var needed = _operandCount + count;
        if (needed > ImplementationLimits.OperandStack)
        {
            throw Invalid($"too many operands: the limit is {ImplementationLimits.OperandStack}");
        }

        if (needed > _operands.Length)
        {
            Array.Resize(ref _operands, Math.Clamp(2 * _operandCount, needed, ImplementationLimits.OperandStack));
        }
    }

    private ValType Pop()
    {
        ref var frame = ref _frames[_frameCount - 1];
        if (_operandCount > frame.Height)
        {
            return _operands[--_operandCount];
        }

        return frame.IsUnreachable ? Unknown : throw Invalid("type mismatch: an operand is missing");
    }

    private void Pop(ValType expected)
    {
        var actual = Pop();
        if (actual != Unknown && !actual.Matches(expected))
        {
            throw Mismatch(expected, actual);
        }
    }

    private void Pop(ImmutableArray<ValType> expected)
    {
        Spend(expected.Length);
        if (HasOnTop(expected))
        {
            _operandCount -= expected.Length;
            return;
        }

        for (var i = expected.Length - 1; i >= 0; i--)
        {
            Pop(expected[i]);
        }
    }

    /// <summary>Checks the topmost operands and leaves them as they are.</summary>
    private void Peek(ImmutableArray<ValType> expected)
    {
        Spend(expected.Length);
        if (HasOnTop(expected))
        {
            return;
        }

        ref var frame = ref _frames[_frameCount - 1];
        for (var i = 1; i <= expected.Length; i++)
        {
            var position = _operandCount - i;
            if (position < frame.Height)
            {
                if (frame.IsUnreachable)
                {
                    return;
                }

                throw Invalid("type mismatch: an operand is missing");
            }

            if (_operands[position] != Unknown && !_operands[position].Matches(expected[^i]))
            {
                throw Mismatch(expected[^i], _operands[position]);
            }
        }
    }

    // The ordinary case, which needs no message and knows all types.
    private bool HasOnTop(ImmutableArray<ValType> types) =>
        _operandCount - _frames[_frameCount - 1].Height >= types.Length
        && _operands.AsSpan(_operandCount - types.Length, types.Length).SequenceEqual(types.AsSpan());

    private void Spend(int operands)
    {
        _allowance -= operands;
        if (_allowance < 0)
        {
            throw Invalid("the module's calls and branches move too many operands for its size");
        }
    }

    private ModuleValidationException Mismatch(ValType expected, ValType actual) =>
        Invalid($"type mismatch: expected {expected.Text()}, found {actual.Text()}");
}
