using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

// Locals, globals and the choice between two operands.
internal sealed partial class FunctionValidator
{
    // Locals that have no value of their own at the start and got one in a block that is still open; in order and as a set.
    private readonly Stack<uint> _initializations = new();
    private readonly HashSet<uint> _initialized = [];

    // spec: valid-local.get
    private ValType LocalType() =>
        _current.Index < _locals.Count
            ? _locals.TypeOf(_current.Index)
            : throw Invalid($"unknown local {_current.Index}");

    private void CheckLocalGet()
    {
        var type = LocalType();
        if (!type.IsDefaultable() && !_initialized.Contains(_current.Index) && _current.Index >= _type.Parameters.Length)
        {
            throw Invalid($"uninitialized local {_current.Index}");
        }

        Push(type);
    }

    private void CheckLocalSet()
    {
        var type = LocalType();
        Pop(type);
        if (!type.IsDefaultable() && _initialized.Add(_current.Index))
        {
            _initializations.Push(_current.Index);
        }
    }

    /// <summary>What was set within a block does not count after it.</summary>
    private void ForgetInitializations(int count)
    {
        while (_initializations.Count > count)
        {
            _initialized.Remove(_initializations.Pop());
        }
    }

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
}
