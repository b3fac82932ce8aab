using System.Reflection.Metadata;
using Mik.Wasm.Runtime;

namespace Mik.Wasm.Compilation;

/// <summary>References: an int64 that is 0 for null.</summary>
internal sealed partial class FunctionCompiler
{
    // spec: exec-ref.func
    private void LowerRefFunc(uint functionIndex)
    {
        var slot = _module.ReferencedFunctionSlot(functionIndex);
        if (slot < 0)
        {
            throw new InvalidOperationException($"function {functionIndex} is referenced but has no reference record");
        }

        LoadContextField(ContextLayout.FuncRefs, ILOpCode.Ldind_i);
        AddOffset(checked(ContextLayout.FuncRefSize * slot));
        _cil.Emit(ILOpCode.Conv_i8);
        Push(StoreToTemporary(SignatureTypeCode.Int64));
    }

    // spec: exec-ref.as_non_null
    private void LowerRefAsNonNull()
    {
        var reference = MaterializeTop(Pop());
        Flush(Effects.MayTrap);
        GenerateAgain(reference);
        _cil.Branch(ILOpCode.Brfalse, TrapLabel(TrapCode.NullReference));
        Push(reference);
    }

    // spec: exec-br_on_null
    private void LowerBranchOnNull(uint depth)
    {
        var reference = MaterializeTop(Pop());
        var target = FrameAt(depth);
        Flush(Effects.MayTrap);
        if (IsPlainTarget(target))
        {
            target.IsTargeted = true;
            GenerateAgain(reference);
            _cil.Branch(ILOpCode.Brfalse, target.Label);
        }
        else
        {
            MaterializeOperands(target.BranchTypes.Length);
            var stay = _cil.DefineLabel();
            GenerateAgain(reference);
            _cil.Branch(ILOpCode.Brtrue, stay);
            LeaveTo(target);
            _cil.MarkLabel(stay);
        }

        Push(reference);
    }

    // spec: exec-br_on_non_null. The label takes the reference, so there is always something to carry.
    private void LowerBranchOnNonNull(uint depth)
    {
        var target = FrameAt(depth);
        Flush(Effects.MayTrap);
        MaterializeOperands(target.BranchTypes.Length);
        var stay = _cil.DefineLabel();
        GenerateAgain(_stack[^1]);
        _cil.Branch(ILOpCode.Brfalse, stay);
        LeaveTo(target);
        _cil.MarkLabel(stay);
        DropOperands(1);
    }
}
