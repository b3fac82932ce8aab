using Mik.Wasm.Runtime;

namespace Mik.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    // spec: valid-memarg
    private void CheckMemoryArgument()
    {
        RequireMemory();
        if (_current.Index > _current.Facts.NaturalAlignment)
        {
            throw Invalid($"alignment must not be larger than natural: 2**{_current.Index}");
        }
    }

    private void RequireMemory()
    {
        if (module.Memories.Length == 0)
        {
            throw Invalid("unknown memory 0");
        }
    }

    // The count is announced before the code, so that code can be checked while the segments are still on their way.
    // spec: valid-memory.init, valid-data.drop
    private void RequireData()
    {
        if (module.DataCount is not { } count)
        {
            throw new ModuleFormatException($"function {_functionIndex}: data count section required", _current.Offset);
        }

        if (_current.Index >= count)
        {
            throw Invalid($"unknown data segment {_current.Index}");
        }
    }
}
