using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    /// <summary>Takes a reference of any kind.</summary>
    private ValType PopReference()
    {
        var type = Pop();
        return type == Unknown ? ValTypes.BottomRef
            : type.IsReference() ? type
            : throw Invalid($"type mismatch: expected a reference, found {type.Text()}");
    }

    // spec: valid-ref.is_null
    private void CheckRefIsNull()
    {
        PopReference();
        Push(ValType.I32);
    }

    // spec: valid-ref.func
    private void CheckRefFunc()
    {
        RequireFunction();
        if (!declared[(int)_current.Index])
        {
            throw Invalid($"undeclared function reference {_current.Index}");
        }

        Push(ReferenceTo(_current.Index));
    }

    // Without typed references a function's type is nobody's business.
    private ValType ReferenceTo(uint function) => (module.Features & WasmFeatures.FunctionReferences) != 0
        ? ValTypes.ReferenceTo(module.FunctionType(function), isNullable: false)
        : ValType.FuncRef;

    // spec: valid-ref.as_non_null
    private void CheckRefAsNonNull() => Push(PopReference().WithoutNull());

    // spec: valid-br_on_null
    private void CheckBranchOnNull()
    {
        var reference = PopReference();
        var types = LabelTypes(_current.Index);
        Pop(types);
        Push(types);
        Push(reference.WithoutNull());
    }

    // spec: valid-br_on_non_null
    private void CheckBranchOnNonNull()
    {
        var types = LabelTypes(_current.Index);
        if (types is not [.. var others, var last] || !last.IsReference())
        {
            throw Invalid($"type mismatch: label {_current.Index} takes no reference");
        }

        Push(PopReference().WithoutNull());
        Pop(last);
        Pop(others);
        Push(others);
    }

    // spec: valid-call_ref
    private FuncType ReferencedCalleeType()
    {
        if (_current.Index >= module.Types.Length)
        {
            throw Invalid($"unknown type {_current.Index}");
        }

        var type = module.Types[_current.Index];
        Pop(ValTypes.ReferenceTo(type, isNullable: true));
        return type;
    }
}
