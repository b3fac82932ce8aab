using System.Collections.Immutable;
using Mik.Wasm.Binary;
using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    private ControlFrame[] _frames = new ControlFrame[16];
    private int _frameCount;

    private void PushFrame(Opcode opcode, ImmutableArray<ValType> parameters, ImmutableArray<ValType> results)
    {
        if (_frameCount == _frames.Length)
        {
            if (_frameCount >= ImplementationLimits.NestingDepth)
            {
                throw Invalid($"blocks are nested too deep: the limit is {ImplementationLimits.NestingDepth}");
            }

            Array.Resize(ref _frames, Math.Min(2 * _frameCount, ImplementationLimits.NestingDepth));
        }

        _frames[_frameCount++] = new ControlFrame(opcode, parameters, results, _operandCount, _initializations.Count);
        Push(parameters);
    }

    /// <summary>Closes the innermost block: its results and nothing else must be on the stack.</summary>
    private ControlFrame PopFrame()
    {
        var frame = _frames[_frameCount - 1];
        Pop(frame.Results);
        if (_operandCount != frame.Height)
        {
            throw Invalid($"type mismatch: {_operandCount - frame.Height} operands too many at the end of a block");
        }

        ForgetInitializations(frame.Initializations);
        _tryDepth -= frame.Opcode == Opcode.TryTable ? 1 : 0;
        _frameCount--;
        return frame;
    }

    private void MarkUnreachable()
    {
        ref var frame = ref _frames[_frameCount - 1];
        _operandCount = frame.Height;
        frame.IsUnreachable = true;
    }

    // spec: valid-block, valid-loop, valid-if
    private void CheckBlock()
    {
        var type = _current.Block;
        if (type.TypeIndex is { } index && index >= module.Types.Length)
        {
            throw Invalid($"unknown type {index}");
        }

        if (_current.Opcode == Opcode.If)
        {
            Pop(ValType.I32);
        }

        var parameters = type.Parameters(module);
        Pop(parameters);
        PushFrame(_current.Opcode, parameters, type.Results(module));
    }

    private void CheckElse()
    {
        if (_frames[_frameCount - 1].Opcode != Opcode.If)
        {
            throw Invalid("else without if");
        }

        var frame = PopFrame();
        PushFrame(Opcode.Else, frame.Parameters, frame.Results);
    }

    private void CheckEnd()
    {
        var frame = PopFrame();

        // Without an else the parameters fall through as the results.
        if (frame.Opcode == Opcode.If && !ResultsMatch(frame.Parameters, frame.Results))
        {
            throw Invalid("type mismatch: an if without else must have the same parameters and results");
        }

        if (_frameCount > 0)
        {
            Push(frame.Results);
        }
    }

    // spec: valid-br_if
    private void CheckBranchIf()
    {
        Pop(ValType.I32);
        var types = LabelTypes(_current.Index);
        Pop(types);
        Push(types);
    }

    // spec: valid-br_table
    private void CheckBranchTable()
    {
        Pop(ValType.I32);
        var labels = _current.Items(module.Bytes.Span);
        ImmutableArray<ValType> last = default;
        for (var i = 0u; i <= _current.Index; i++)
        {
            var types = LabelTypes(labels.ReadU32());
            if (!last.IsDefault && types.Length != last.Length)
            {
                throw Invalid("type mismatch: the labels take different numbers of operands");
            }

            // Large tables name few labels, mostly of one type.
            if (types != last)
            {
                Peek(types);
            }

            last = types;
        }

        MarkUnreachable();
    }

    /// <summary>What a branch to that label takes along.</summary>
    private ImmutableArray<ValType> LabelTypes(uint label)
    {
        if (label >= _frameCount)
        {
            throw Invalid($"unknown label {label}");
        }

        ref var frame = ref _frames[_frameCount - 1 - (int)label];
        return frame.Opcode == Opcode.Loop ? frame.Parameters : frame.Results;
    }

    // spec: valid-call
    private void CheckCall(FuncType callee)
    {
        Pop(callee.Parameters);
        Push(callee.Results);
    }

    // spec: valid-return_call
    private void CheckReturnCall(FuncType callee)
    {
        if (!ResultsMatch(callee.Results, _type.Results))
        {
            throw Invalid("type mismatch: the callee's results differ from the function's");
        }

        Pop(callee.Parameters);
        MarkUnreachable();
    }

    private static bool ResultsMatch(ImmutableArray<ValType> given, ImmutableArray<ValType> wanted)
    {
        if (given.Length != wanted.Length)
        {
            return false;
        }

        for (var i = 0; i < given.Length; i++)
        {
            if (!given[i].Matches(wanted[i]))
            {
                return false;
            }
        }

        return true;
    }

    private FuncType CalleeType()
    {
        RequireFunction();
        return module.FunctionType(_current.Index);
    }

    // spec: valid-call_indirect
    private FuncType IndirectCalleeType()
    {
        var table = TableOf(_current.SecondIndex);
        if (!table.Element.IsFunctionReference())
        {
            throw Invalid($"type mismatch: table {_current.SecondIndex} holds {table.Element.Text()}");
        }

        if (_current.Index >= module.Types.Length)
        {
            throw Invalid($"unknown type {_current.Index}");
        }

        Pop(table.Address);
        return module.Types[_current.Index];
    }

    private void RequireFunction()
    {
        if (_current.Index >= module.FunctionTypeIndices.Length)
        {
            throw Invalid($"unknown function {_current.Index}");
        }
    }

    /// <summary>An open block.</summary>
    private struct ControlFrame(
        Opcode opcode, ImmutableArray<ValType> parameters, ImmutableArray<ValType> results, int height, int initializations)
    {
        public readonly Opcode Opcode = opcode;
        public readonly ImmutableArray<ValType> Parameters = parameters;
        public readonly ImmutableArray<ValType> Results = results;

        /// <summary>Number of operands below the block's own.</summary>
        public readonly int Height = height;

        /// <summary>How many locals had been initialized when the block began.</summary>
        public readonly int Initializations = initializations;

        /// <summary>Whether the rest of the block cannot run, so that it may take operands from nowhere.</summary>
        public bool IsUnreachable;
    }
}
