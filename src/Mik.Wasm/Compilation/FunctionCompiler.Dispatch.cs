using System.Reflection.Metadata;
using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>Loops that begin by choosing from a table what to do next, as interpreters and state machines are.</summary>
/// <remarks>
/// Where such a loop is continued, the choice is emitted once more instead of a jump to the loop's start. Each copy then has an indirect jump
/// of its own, which the processor predicts by its place. An interpreter of byte code takes half the time with it; with one jump for all, it
/// takes between one and two and a half times as long as on V8, depending on where in a cache line the jump happens to lie.
/// <para>Large tables are left alone: the JIT's work grows with the edges between blocks, which are labels times copies.</para>
/// </remarks>
internal sealed partial class FunctionCompiler
{
    private const int MaxDispatchInstructions = 16;
    private const int MaxDispatchLabels = 32;
    private const int MaxDispatchCopies = 48;

    // The innermost loop, while nothing but the choice's preparation has been compiled of it.
    private ControlFrame? _beginning;
    private int _beginningStart;
    private int _beginningLength;

    // Instructions that may still be read ahead in this function, so that loops in loops do not read it again and again.
    private int _lookAhead;
    private int _bodyEnd;

    /// <summary>Notes what was just compiled.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="next">Where the next one is.</param>
    private void FollowBeginning(in Instruction instruction, int next)
    {
        if (instruction.Opcode == Opcode.Loop)
        {
            _beginning = _frames[^1].Parameters.Length == 0 ? _frames[^1] : null;
            _beginningStart = next;
            _beginningLength = 0;
        }
        else if (_beginning is not null)
        {
            _beginningLength += instruction.Opcode == Opcode.Block ? 0 : 1;
            if (!CanBeRepeated(instruction.Opcode) || _beginningLength > MaxDispatchInstructions)
            {
                _beginning = null;
            }
        }
    }

    private bool CanBeRepeated(Opcode opcode) => opcode switch
    {
        // What a block needs is there already; a copy only branches to its end.
        Opcode.Block => _frames[^1] is { Parameters.Length: 0, Results.Length: 0 },
        Opcode.Nop or Opcode.LocalGet or Opcode.LocalSet or Opcode.LocalTee => true,
        >= Opcode.I32Load and <= Opcode.I64Load32U => true,
        >= Opcode.I32Const and <= Opcode.I64Extend32S => true,
        _ => false,
    };

    /// <summary>Keeps the choice just compiled, if the innermost loop begins with it.</summary>
    private void KeepDispatch(in Instruction table, int[] labels)
    {
        if (_beginning is { } loop && labels.Length <= MaxDispatchLabels && _stack.Count == loop.Height && loop.RegionDepth == _regionDepth)
        {
            loop.Dispatch = new LoopDispatch(new ByteRange(_beginningStart, table.Offset - _beginningStart), labels);
            FindContinuations(loop, table.ItemBytes.End);
        }
    }

    /// <summary>
    /// Looks ahead for those of the blocks around the choice behind whose end the loop is continued: compilers end the cases with a branch
    /// out of the outermost one, and put one branch back to the loop behind it.
    /// </summary>
    private void FindContinuations(ControlFrame loop, int start)
    {
        var loopIndex = _frames.IndexOf(loop);
        var open = _frames.Count - 1 - loopIndex;
        var nested = 0;
        var reader = new InstructionReader(_module, new ByteRange(start, _bodyEnd - start));
        for (ControlFrame? justEnded = null; open > 0 || justEnded is not null; _lookAhead--)
        {
            if (_lookAhead == 0)
            {
                return;
            }

            var instruction = reader.Read();
            if (justEnded is not null && instruction.Opcode == Opcode.Br && instruction.Index == open)
            {
                justEnded.Continues = loop;
            }

            justEnded = null;
            switch (instruction.Opcode)
            {
                case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable:
                    nested++;
                    break;

                case Opcode.End when nested > 0:
                    nested--;
                    break;

                case Opcode.End when open == 0:
                    return;

                case Opcode.End:
                    justEnded = _frames[loopIndex + open];
                    open--;
                    break;
            }
        }
    }

    /// <summary>Continues a loop by emitting its choice once more; <see langword="false"/> when a jump has to do.</summary>
    private bool TryRepeatDispatch(ControlFrame target)
    {
        var loop = target.Continues ?? target;
        if (loop.Dispatch is not { } dispatch || dispatch.Copies == MaxDispatchCopies || loop.RegionDepth != _regionDepth)
        {
            return false;
        }

        dispatch.Copies++;
        Flush(Effects.MayTrap);
        TruncateStack(_frames[^1].Height);
        EmitInterruptCheck();
        var reader = new InstructionReader(_module, dispatch.Code);
        while (!reader.AtEnd)
        {
            var instruction = reader.Read();
            if (instruction.Opcode != Opcode.Block)
            {
                Lower(instruction);
            }
        }

        var index = Pop();
        Flush(Effects.MayTrap);
        Generate(index);
        _cil.Switch(dispatch.Labels.AsSpan(0, dispatch.Labels.Length - 1));
        _cil.Branch(ILOpCode.Br, dispatch.Labels[^1]);
        return true;
    }
}
