using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    private MemoryType MemoryOf(uint index) =>
        index < module.Memories.Length
            ? module.Memories[index]
            : throw Invalid($"unknown memory {index}");

    /// <summary>Checks alignment and offset; gives back the type of the address.</summary>
    // spec: valid-memarg
    private ValType CheckMemoryArgument()
    {
        var memory = MemoryOf(_current.SecondIndex);
        if (_current.Index > _current.Facts.NaturalAlignment)
        {
            throw Invalid($"alignment must not be larger than natural: 2**{_current.Index}");
        }

        return memory.Is64 || _current.Bits <= uint.MaxValue
            ? memory.Address
            : throw Invalid($"offset out of range: {_current.Bits}");
    }

    private void CheckMemory()
    {
        var memory = MemoryOf(_current.Opcode == Opcode.MemoryInit ? _current.SecondIndex : _current.Index).Address;
        switch (_current.Opcode)
        {
            // spec: valid-memory.size
            case Opcode.MemorySize:
                Push(memory);
                break;

            // spec: valid-memory.grow
            case Opcode.MemoryGrow:
                Pop(memory);
                Push(memory);
                break;

            // spec: valid-memory.fill
            case Opcode.MemoryFill:
                Pop(memory);
                Pop(ValType.I32);
                Pop(memory);
                break;

            // spec: valid-memory.copy
            case Opcode.MemoryCopy:
                var source = MemoryOf(_current.SecondIndex).Address;
                Pop(Narrower(memory, source));
                Pop(source);
                Pop(memory);
                break;

            // spec: valid-memory.init
            default:
                RequireData();
                Pop(ValType.I32);
                Pop(ValType.I32);
                Pop(memory);
                break;
        }
    }

    // A length fits both sides.
    private static ValType Narrower(ValType left, ValType right) => left == ValType.I64 && right == ValType.I64 ? ValType.I64 : ValType.I32;

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
