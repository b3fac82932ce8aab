using System.Collections.Immutable;
using System.Reflection.Metadata;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Compilation;

/// <summary>Blocks, branches and returns.</summary>
/// <remarks>
/// Every operand is settled when a block begins, so code inside may be skipped or repeated. A branch that carries values stores them
/// into temporaries of the target's frame; where control joins, exactly these temporaries are on the symbolic stack.
/// </remarks>
internal sealed partial class FunctionCompiler
{
    private const int NoLabel = -1;

    private readonly List<ControlFrame> _frames = [];

    // spec: exec-block
    private void LowerBlock(BlockType type)
    {
        FlushAll();
        PushFrame(FrameKind.Block, type.Parameters(_module), type.Results(_module));
    }

    // spec: exec-loop
    private void LowerLoop(BlockType type)
    {
        FlushAll();
        var frame = PushFrame(FrameKind.Loop, type.Parameters(_module), type.Results(_module));
        StoreBranchValues(frame);
        DropOperands(frame.Parameters.Length);
        _cil.MarkLabel(frame.Label);
        EmitInterruptCheck();

        // The body works on copies: it may still hold a parameter when a branch back stores the next one.
        for (var i = 0; i < frame.Parameters.Length; i++)
        {
            _cil.LoadLocal(frame.BranchTemporaries![i]);
            Push(StoreToTemporary(CilTypes.Of(frame.Parameters[i])));
        }

        _settled = _stack.Count;
    }

    // spec: exec-if
    private void LowerIf(BlockType type)
    {
        var condition = Pop();
        FlushAll();
        var parameters = type.Parameters(_module);
        var elseParameters = CopyOperands(parameters.Length);
        var elseLabel = _cil.DefineLabel();
        EmitConditionalBranch(condition, whenTrue: false, elseLabel);
        PushFrame(FrameKind.If, parameters, type.Results(_module), elseLabel, elseParameters);
    }

    private void LowerElse()
    {
        var frame = _frames[^1];
        if (!_isDead)
        {
            BranchTo(frame);
        }

        BeginElse(frame);
    }

    private void BeginElse(ControlFrame frame)
    {
        TruncateStack(frame.Height);
        frame.Kind = FrameKind.Else;
        _cil.MarkLabel(frame.ElseLabel);
        _isDead = false;
        foreach (var parameter in frame.ElseParameters)
        {
            Push(parameter);
        }

        _settled = _stack.Count;
    }

    private void LowerEnd()
    {
        var frame = _frames[^1];
        switch (frame.Kind)
        {
            case FrameKind.Function:
                if (!_isDead)
                {
                    EmitReturn();
                }

                _frames.RemoveAt(_frames.Count - 1);
                return;

            case FrameKind.Loop:
                PopFrame(frame);
                return;

            case FrameKind.Try:
                LowerTryEnd(frame);
                return;

            case FrameKind.If when frame.Results.Length == 0:
                // Without results there are no parameters either: both ways just meet here.
                _cil.MarkLabel(frame.ElseLabel);
                _isDead = false;
                Join(frame);
                return;

            case FrameKind.If:
                LowerElse();
                Join(frame);
                return;

            default:
                Join(frame);
                return;
        }
    }

    /// <summary>Ends a block at whose end branches may arrive.</summary>
    private void Join(ControlFrame frame)
    {
        if (!frame.IsTargeted)
        {
            PopFrame(frame);
            return;
        }

        if (!_isDead)
        {
            StoreBranchValues(frame);
        }

        TruncateStack(frame.Height);
        _frames.RemoveAt(_frames.Count - 1);
        Arrive(frame);
    }

    /// <summary>Marks the end of a block that is closed and branched to; its results are on the stack.</summary>
    private void Arrive(ControlFrame frame)
    {
        _cil.MarkLabel(frame.Label);
        _isDead = false;
        for (var i = 0; i < frame.Results.Length; i++)
        {
            Push(Expression.Temporary(CilTypes.Of(frame.Results[i]), frame.BranchTemporaries![i]));
        }

        _settled = _stack.Count;
    }

    /// <summary>Ends a block whose results simply stay on the stack.</summary>
    private void PopFrame(ControlFrame frame)
    {
        for (var i = 0; i < frame.BranchTemporaries?.Length; i++)
        {
            FreeTemporary(CilTypes.Of(frame.BranchTypes[i]), frame.BranchTemporaries[i]);
        }

        _frames.RemoveAt(_frames.Count - 1);
        if (_isDead)
        {
            EnterDeadCode();
        }
    }

    // spec: exec-br
    private void LowerBranch(uint depth)
    {
        var target = FrameAt(depth);
        if (target.Kind == FrameKind.Function)
        {
            EmitReturn();
        }
        else if (!TryRepeatDispatch(target))
        {
            BranchTo(target);
        }

        EnterDeadCode();
    }

    // spec: exec-br_if
    private void LowerBranchIf(uint depth)
    {
        var condition = Pop();
        var target = FrameAt(depth);
        Flush(Effects.MayTrap);
        if (IsPlainTarget(target))
        {
            target.IsTargeted = true;
            EmitConditionalBranch(condition, whenTrue: true, target.Label);
            return;
        }

        MaterializeOperands(target.BranchTypes.Length);
        var stay = _cil.DefineLabel();
        EmitConditionalBranch(condition, whenTrue: false, stay);
        LeaveTo(target);
        _cil.MarkLabel(stay);
    }

    // spec: exec-br_table
    private void LowerBranchTable(in Instruction instruction)
    {
        var index = Pop();
        Flush(Effects.MayTrap);
        var items = instruction.Items(_module.Bytes.Span);
        var labels = new int[instruction.Index + 1];
        var exits = new Dictionary<uint, int>();
        for (var i = 0; i < labels.Length; i++)
        {
            var depth = items.ReadU32();
            var target = FrameAt(depth);
            if (IsPlainTarget(target))
            {
                target.IsTargeted = true;
                labels[i] = target.Label;
            }
            else if (!exits.TryGetValue(depth, out labels[i]))
            {
                MaterializeOperands(target.BranchTypes.Length);
                labels[i] = _cil.DefineLabel();
                exits.Add(depth, labels[i]);
            }
        }

        if (exits.Count == 0)
        {
            KeepDispatch(instruction, labels);
        }

        Generate(index);
        _cil.Switch(labels.AsSpan(0, labels.Length - 1));
        _cil.Branch(ILOpCode.Br, labels[^1]);
        foreach (var (depth, label) in exits)
        {
            _cil.MarkLabel(label);
            LeaveTo(FrameAt(depth));
        }

        EnterDeadCode();
    }

    /// <summary>Branches or returns with settled operands, which stay on the stack for code that is reached otherwise.</summary>
    private void LeaveTo(ControlFrame target)
    {
        if (target.Kind == FrameKind.Function)
        {
            EmitReturnOfSettled();
        }
        else
        {
            BranchTo(target);
        }
    }

    private void BranchTo(ControlFrame target)
    {
        Flush(Effects.MayTrap, except: target.BranchTypes.Length);
        StoreBranchValues(target);
        target.IsTargeted = true;
        _cil.Branch(target.RegionDepth == _regionDepth ? ILOpCode.Br : ILOpCode.Leave, target.Label);
    }

    /// <summary>Whether any branch instruction can go there directly: nothing is carried, returned or left.</summary>
    private bool IsPlainTarget(ControlFrame target) =>
        target.BranchTypes.Length == 0 && target.Kind != FrameKind.Function && target.RegionDepth == _regionDepth;

    /// <summary>Copies the topmost operands to where the target expects them; settled operands stay intact.</summary>
    private void StoreBranchValues(ControlFrame target)
    {
        var types = target.BranchTypes;
        if (types.Length == 0)
        {
            return;
        }

        if (target.BranchTemporaries is null)
        {
            target.BranchTemporaries = new int[types.Length];
            for (var i = 0; i < types.Length; i++)
            {
                target.BranchTemporaries[i] = AllocateTemporary(CilTypes.Of(types[i]));
            }
        }

        var first = _stack.Count - types.Length;
        for (var i = 0; i < types.Length; i++)
        {
            var value = _stack[first + i];
            if (value.IsSettled)
            {
                GenerateAgain(value);
            }
            else
            {
                // Only an unconditional branch gets here, after which nobody wants the operand.
                Generate(value);
                _stack[first + i] = Expression.Constant(value.Type, 0);
            }

            _cil.StoreLocal(target.BranchTemporaries[i]);
        }

        AdvanceSettled();
    }

    // spec: exec-return
    private void EmitReturn()
    {
        Flush(Effects.MayTrap, except: _type.Results.Length);
        if (_type.Results.Length == 1)
        {
            Generate(Pop());
            EmitRet();
            return;
        }

        MaterializeOperands(_type.Results.Length);
        EmitReturnOfSettled();
    }

    private void EmitReturnOfSettled()
    {
        var count = _type.Results.Length;
        var first = _stack.Count - count;
        var slots = 0;
        for (var i = 1; i < count; i++)
        {
            LoadContextField(ContextLayout.Results, ILOpCode.Ldind_i);
            AddOffset(8 * slots);
            var value = _stack[first + i];
            GenerateAgain(value);
            _cil.EmitStore(value.Type, _refs);
            slots += _type.Results[i].Slots();
        }

        if (count > 0)
        {
            GenerateAgain(_stack[first]);
        }

        EmitRet();
    }

    private void EmitRet()
    {
        if (IsProtected)
        {
            ReturnFromProtected();
        }
        else
        {
            _cil.Emit(ILOpCode.Ret);
        }
    }

    private ControlFrame FrameAt(uint depth) => _frames[_frames.Count - 1 - (int)depth];

    private ControlFrame PushFrame(
        FrameKind kind,
        ImmutableArray<ValType> parameters,
        ImmutableArray<ValType> results,
        int elseLabel = NoLabel,
        Expression[]? elseParameters = null,
        TryRegion? region = null)
    {
        var frame = new ControlFrame
        {
            Kind = kind,
            Parameters = parameters,
            Results = results,
            Height = _stack.Count - parameters.Length,
            Label = _cil.DefineLabel(),
            RegionDepth = _regionDepth,
            Region = region,
            ElseLabel = elseLabel,
            ElseParameters = elseParameters ?? [],
        };
        _frames.Add(frame);
        return frame;
    }

    /// <summary>What follows cannot be reached: forgets the operands of the innermost block.</summary>
    private void EnterDeadCode()
    {
        if (_frames.Count > 0)
        {
            TruncateStack(_frames[^1].Height);
        }

        _isDead = true;
    }

    private void DropOperands(int count) => TruncateStack(_stack.Count - count);

    private void MaterializeOperands(int count)
    {
        for (var i = _stack.Count - count; i < _stack.Count; i++)
        {
            _stack[i] = Materialize(_stack[i]);
        }

        AdvanceSettled();
    }

    /// <summary>Makes copies of the topmost settled operands that live independently of them.</summary>
    private Expression[] CopyOperands(int count)
    {
        if (count == 0)
        {
            return [];
        }

        var copies = new Expression[count];
        for (var i = 0; i < count; i++)
        {
            var operand = _stack[_stack.Count - count + i];
            copies[i] = operand;
            if (operand.Kind == ExpressionKind.Temporary)
            {
                _cil.LoadLocal((int)operand.Value);
                copies[i] = StoreToTemporary(operand.Type);
            }
        }

        return copies;
    }
}
