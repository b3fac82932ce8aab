using System.Reflection.Metadata;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Compilation;

/// <summary>Calls. A callee may change memory, globals and tables, so nothing that reads them is kept across.</summary>
internal sealed partial class FunctionCompiler
{
    // spec: exec-call, exec-return_call
    private void LowerCall(uint functionIndex, bool isTail)
    {
        var typeIndex = _module.FunctionTypeIndices[functionIndex];
        var type = _module.Types[typeIndex];
        var arguments = PopOperands(type.Parameters.Length);
        FlushEffects();

        if (isTail && IsProtected)
        {
            TailCallFromOutside(arguments, () => EmitDirectCall(functionIndex, typeIndex, type, arguments, isTail: true));
        }
        else
        {
            EmitDirectCall(functionIndex, typeIndex, type, arguments, isTail);
        }
    }

    private void EmitDirectCall(uint functionIndex, uint typeIndex, FuncType type, Expression[] arguments, bool isTail)
    {
        if (functionIndex >= _module.ImportedFunctionCount)
        {
            LoadContext();
            Generate(arguments);
            EmitInvocation(ILOpCode.Call, _refs.Function(functionIndex), type, isTail);
            return;
        }

        var slot = ContextLayout.ImportSlot(functionIndex);
        LoadContextField(slot + ContextLayout.ImportContext, ILOpCode.Ldind_i);
        Generate(arguments);
        LoadContextField(slot + ContextLayout.ImportCode, ILOpCode.Ldind_i);
        EmitInvocation(ILOpCode.Calli, _refs.CallSite(typeIndex), type, isTail);
    }

    // spec: exec-call_indirect, exec-return_call_indirect
    private void LowerCallIndirect(uint typeIndex, uint tableIndex, bool isTail)
    {
        var type = _module.Types[typeIndex];
        var index = Pop();
        var arguments = PopArguments(type);

        var reference = AllocateTemporary(SignatureTypeCode.IntPtr);
        LoadTableElementAddress(tableIndex, ToSimple(index), TrapCode.UndefinedElement);
        _cil.Emit(ILOpCode.Ldind_i);
        _cil.StoreLocal(reference);
        _cil.LoadLocal(reference);
        _cil.Branch(ILOpCode.Brfalse, TrapLabel(TrapCode.UninitializedElement));

        LoadReferenceField(reference, ContextLayout.FuncRefType, ILOpCode.Ldind_i8);
        LoadContextField(_layout.TypeSlot(typeIndex), ILOpCode.Ldind_i8);
        _cil.Branch(ILOpCode.Bne_un, TrapLabel(TrapCode.IndirectCallTypeMismatch));
        CallReference(reference, typeIndex, arguments, isTail);
    }

    // spec: exec-call_ref, exec-return_call_ref. The validator knows the type; a null is all that can go wrong.
    private void LowerCallRef(uint typeIndex, bool isTail)
    {
        var callee = Pop();
        var arguments = PopArguments(_module.Types[typeIndex]);

        var reference = AllocateTemporary(SignatureTypeCode.IntPtr);
        Generate(callee);
        _cil.Emit(ILOpCode.Conv_i);
        _cil.StoreLocal(reference);
        _cil.LoadLocal(reference);
        _cil.Branch(ILOpCode.Brfalse, TrapLabel(TrapCode.NullFunctionReference));
        CallReference(reference, typeIndex, arguments, isTail);
    }

    // Arguments come before the callee, and both before the checks.
    private Expression[] PopArguments(FuncType type)
    {
        var arguments = PopOperands(type.Parameters.Length);
        FlushEffects();
        for (var i = 0; i < arguments.Length; i++)
        {
            if ((arguments[i].Effects & Effects.MayTrap) != 0)
            {
                arguments[i] = Materialize(arguments[i]);
            }
        }

        return arguments;
    }

    private void CallReference(int reference, uint typeIndex, Expression[] arguments, bool isTail)
    {
        if (isTail && IsProtected)
        {
            TailCallFromOutside(arguments, () => EmitReferenceCall(reference, typeIndex, arguments, isTail: true));
        }
        else
        {
            EmitReferenceCall(reference, typeIndex, arguments, isTail);
        }
    }

    private void EmitReferenceCall(int reference, uint typeIndex, Expression[] arguments, bool isTail)
    {
        LoadReferenceField(reference, ContextLayout.FuncRefContext, ILOpCode.Ldind_i);
        Generate(arguments);
        LoadReferenceField(reference, ContextLayout.FuncRefCode, ILOpCode.Ldind_i);
        FreeTemporary(SignatureTypeCode.IntPtr, reference);
        EmitInvocation(ILOpCode.Calli, _refs.CallSite(typeIndex), _module.Types[typeIndex], isTail);
    }

    private void LoadReferenceField(int reference, int offset, ILOpCode load)
    {
        _cil.LoadLocal(reference);
        AddOffset(offset);
        _cil.Emit(load);
    }

    /// <summary>Emits the call itself; the context, the arguments and, for <c>calli</c>, the address are on the evaluation stack.</summary>
    private void EmitInvocation(ILOpCode opcode, int token, FuncType type, bool isTail)
    {
        var pops = 1 + type.Parameters.Length + (opcode == ILOpCode.Calli ? 1 : 0);
        var pushes = type.Results.Length == 0 ? 0 : 1;
        if (isTail)
        {
            // Results beyond the first lie in the store's result area, so the callee's results are already ours.
            _cil.Emit(ILOpCode.Tail);
            _cil.EmitToken(opcode, token, pops, pushes);
            _cil.Emit(ILOpCode.Ret);
            EnterDeadCode();
            return;
        }

        _cil.EmitToken(opcode, token, pops, pushes);
        var slots = 0;
        for (var i = 0; i < type.Results.Length; i++)
        {
            var resultType = CilTypes.Of(type.Results[i]);
            if (i > 0)
            {
                LoadContextField(ContextLayout.Results, ILOpCode.Ldind_i);
                AddOffset(8 * slots);
                _cil.EmitLoad(resultType, _refs);
                slots += type.Results[i].Slots();
            }

            Push(StoreToTemporary(resultType));
        }

        ReloadMemoryLimits();
    }

    private Expression[] PopOperands(int count)
    {
        if (count == 0)
        {
            return [];
        }

        var operands = new Expression[count];
        for (var i = count - 1; i >= 0; i--)
        {
            operands[i] = Pop();
        }

        return operands;
    }

    private void Generate(Expression[] values)
    {
        foreach (var value in values)
        {
            Generate(value);
        }
    }

    private void FlushEffects() => Flush(Effects.MayTrap | Effects.ReadsMemory | Effects.ReadsGlobals);
}
