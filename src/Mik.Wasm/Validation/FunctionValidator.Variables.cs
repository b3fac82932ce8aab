using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

// Locals, globals, references and the choice between two operands.
internal sealed partial class FunctionValidator
{
    // spec: valid-local.get
    private ValType LocalType() =>
        _current.Index < _locals.Count
            ? _locals.TypeOf(_current.Index)
            : throw Invalid($"unknown local {_current.Index}");

    private GlobalType GlobalOf(uint index) =>
        index < module.Globals.Length
            ? module.Globals[index]
            : throw Invalid($"unknown global {index}");

    // spec: valid-global.set
    private void CheckGlobalSet()
    {
        var global = GlobalOf(_current.Index);
        if (!global.IsMutable)
        {
            throw Invalid($"global is immutable: {_current.Index}");
        }

        Pop(global.ValueType);
    }

    // spec: valid-select
    private void CheckSelect()
    {
        Pop(ValType.I32);
        var second = Pop();
        var first = Pop();
        if (first.IsReference() || second.IsReference())
        {
            throw Invalid("type mismatch: references need a select with a type");
        }

        if (first != second && first != Unknown && second != Unknown)
        {
            throw Mismatch(first, second);
        }

        Push(first == Unknown ? second : first);
    }

    private void CheckSelectTyped()
    {
        if (_current.Index != 1)
        {
            throw Invalid($"invalid result arity: {_current.Index} types");
        }

        Pop(ValType.I32);
        Pop(_current.Type);
        Pop(_current.Type);
        Push(_current.Type);
    }

    // spec: valid-ref.is_null
    private void CheckRefIsNull()
    {
        var type = Pop();
        if (type != Unknown && !type.IsReference())
        {
            throw Invalid($"type mismatch: expected a reference, found {type.Text()}");
        }

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

        Push(ValType.FuncRef);
    }
}
