using System.Reflection.Metadata;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Compilation;

/// <summary>Exceptions. They are .NET exceptions, and a <c>try_table</c> is protected code with a filter that picks the clause.</summary>
/// <remarks>
/// A filter and not a catch, because one that does not match must not cost anything and must not disturb traps, which are .NET exceptions
/// too and which no clause ever sees. The only ways out of protected code are <c>leave</c> and <c>throw</c>: so traps are thrown inside,
/// and what returns or calls in tail position goes through code at the function's end. Functions without a <c>try_table</c> have none
/// of this.
/// </remarks>
internal sealed partial class FunctionCompiler
{
    private readonly List<(int Label, Action Emit)> _outside = [];

    // Protected regions around the code that is being emitted.
    private int _regionDepth;

    // Shared by all regions of a function: the one whose filter accepts an exception is the one whose handler runs next.
    private int _caught;
    private int _caughtTag;
    private int _clause;
    private int _returnLabel;
    private int _returnValue;

    private bool IsProtected => _regionDepth > 0;

    private void BeginExceptions()
    {
        _outside.Clear();
        _regionDepth = 0;
        _caught = NoLocal;
        _returnLabel = NoLabel;
        _returnValue = NoLocal;
    }

    // spec: exec-throw
    private void LowerThrow(uint tag)
    {
        var type = _module.TagType(tag);
        var values = PopOperands(type.Parameters.Length);
        FlushEffects();
        var slots = 0;
        for (var i = 0; i < values.Length; i++)
        {
            LoadContextField(ContextLayout.Results, ILOpCode.Ldind_i);
            AddOffset(8 * slots);
            slots += type.Parameters[i].Slots();
            Generate(values[i]);
            _cil.EmitStore(values[i].Type, _refs);
        }

        LoadContext();
        _cil.LoadInt32((int)tag);
        EmitCall(Builtin.ExceptionCreate);
        _cil.Emit(ILOpCode.Throw);
        EnterDeadCode();
    }

    // spec: exec-throw_ref
    private void LowerThrowRef()
    {
        var exception = Pop();
        FlushEffects();
        LoadContext();
        Generate(exception);
        EmitCall(Builtin.ExceptionFromReference);
        _cil.Emit(ILOpCode.Throw);
        EnterDeadCode();
    }

    // spec: exec-try_table
    private void LowerTryTable(in Instruction instruction)
    {
        if (instruction.Index == 0)
        {
            LowerBlock(instruction.Block);
            return;
        }

        FlushAll();
        if (_caught == NoLocal)
        {
            _caught = _cil.DeclareLocal(SignatureTypeCode.Object);
            _caughtTag = _cil.DeclareLocal(SignatureTypeCode.Int64);
            _clause = _cil.DeclareLocal(SignatureTypeCode.Int32);
        }

        var region = new TryRegion(_cil.Length, CatchClause.Of(instruction, _module.Bytes.Span), _trapLabels);
        PushFrame(FrameKind.Try, instruction.Block.Parameters(_module), instruction.Block.Results(_module), region: region);
        _trapLabels = NewTrapLabels();
        _regionDepth++;
    }

    private void LowerTryEnd(ControlFrame frame)
    {
        var region = frame.Region!;
        if (!_isDead)
        {
            BranchTo(frame);
        }

        EmitTraps();
        _trapLabels = region.OuterTrapLabels;
        TruncateStack(frame.Height);
        _frames.RemoveAt(_frames.Count - 1);

        var filter = _cil.Length;
        EmitFilter(region.Clauses);
        var handler = _cil.Length;
        EmitHandler(region.Clauses);
        _cil.AddRegion(new CilWriter.FilterRegion(region.Start, filter, handler, _cil.Length));
        _regionDepth--;
        if (frame.IsTargeted)
        {
            Arrive(frame);
        }
        else
        {
            EnterDeadCode();
        }
    }

    // Leaves the number of the first clause that catches the exception, from 1 on, in a local; 0 is none.
    private void EmitFilter(CatchClause[] clauses)
    {
        _cil.BeginHandler();
        EmitCall(Builtin.ExceptionTag);
        _cil.StoreLocal(_caughtTag);
        _cil.LoadInt32(0);
        _cil.StoreLocal(_clause);
        var done = _cil.DefineLabel();
        _cil.LoadLocal(_caughtTag);
        _cil.Branch(ILOpCode.Brfalse, done);
        for (var i = 0; i < clauses.Length; i++)
        {
            var next = _cil.DefineLabel();
            if (clauses[i].HasTag)
            {
                _cil.LoadLocal(_caughtTag);
                LoadContextField(_layout.TagSlot(clauses[i].Tag), ILOpCode.Ldind_i8);
                _cil.Branch(ILOpCode.Bne_un, next);
            }

            _cil.LoadInt32(i + 1);
            _cil.StoreLocal(_clause);
            _cil.Branch(ILOpCode.Br, done);
            _cil.MarkLabel(next);
        }

        _cil.MarkLabel(done);
        _cil.LoadLocal(_clause);
        _cil.LoadInt32(0);
        _cil.Emit(ILOpCode.Cgt);
        _cil.Emit(ILOpCode.Endfilter);
    }

    private void EmitHandler(CatchClause[] clauses)
    {
        _cil.BeginHandler();
        _cil.StoreLocal(_caught);

        // Whatever threw may have grown a memory before.
        ReloadMemoryLimits();
        for (var i = 0; i < clauses.Length; i++)
        {
            var isLast = i == clauses.Length - 1;
            var next = _cil.DefineLabel();
            if (!isLast)
            {
                _cil.LoadLocal(_clause);
                _cil.LoadInt32(i + 1);
                _cil.Branch(ILOpCode.Bne_un, next);
            }

            EmitClause(clauses[i]);
            if (!isLast)
            {
                _cil.MarkLabel(next);
            }
        }
    }

    private void EmitClause(CatchClause clause)
    {
        var height = _stack.Count;
        if (clause.HasTag && _module.TagType(clause.Tag).Parameters is { Length: > 0 } carried)
        {
            LoadContext();
            _cil.LoadLocal(_caught);
            EmitCall(Builtin.ExceptionUnpack);
            var slots = 0;
            foreach (var value in carried)
            {
                var type = CilTypes.Of(value);
                LoadContextField(ContextLayout.Results, ILOpCode.Ldind_i);
                AddOffset(8 * slots);
                slots += value.Slots();
                _cil.EmitLoad(type, _refs);
                Push(StoreToTemporary(type));
            }
        }

        if (clause.HasReference)
        {
            LoadContext();
            _cil.LoadLocal(_caught);
            EmitCall(Builtin.ExceptionToReference);
            Push(StoreToTemporary(SignatureTypeCode.Int64));
        }

        LeaveTo(FrameAt(clause.Label));
        TruncateStack(height);
    }

    /// <summary>Returns from within protected code; the function's only result, if it has one, is on the evaluation stack.</summary>
    private void ReturnFromProtected()
    {
        if (_returnLabel == NoLabel)
        {
            _returnLabel = _cil.DefineLabel();
            if (_type.Results.Length > 0)
            {
                _returnValue = _cil.DeclareLocal(CilTypes.Of(_type.Results[0]));
            }
        }

        if (_returnValue != NoLocal)
        {
            _cil.StoreLocal(_returnValue);
        }

        _cil.Branch(ILOpCode.Leave, _returnLabel);
    }

    // The caller's handlers do not cover what it calls in tail position, and protected code cannot end in a tail call.
    private void TailCallFromOutside(Expression[] arguments, Action emit)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Materialize(arguments[i]);
        }

        var label = _cil.DefineLabel();
        _outside.Add((label, emit));
        _cil.Branch(ILOpCode.Leave, label);
        EnterDeadCode();
    }

    /// <summary>Emits what protected code leaves to; at the end of the function.</summary>
    private void EmitOutside()
    {
        if (_returnLabel != NoLabel)
        {
            _cil.MarkLabel(_returnLabel);
            if (_returnValue != NoLocal)
            {
                _cil.LoadLocal(_returnValue);
            }

            _cil.Emit(ILOpCode.Ret);
        }

        foreach (var (label, emit) in _outside)
        {
            _cil.MarkLabel(label);
            emit();
        }
    }
}
