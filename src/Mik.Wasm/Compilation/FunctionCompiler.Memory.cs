using System.Reflection.Metadata;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;

namespace Mik.Wasm.Compilation;

/// <summary>Memory instructions.</summary>
/// <remarks>
/// With guard pages an access is one address computation: the reservation covers every sum of a 32-bit address and a 32-bit offset,
/// and the fault becomes the trap. Explicit checks compare with the length, which is cached per function and read again after
/// whatever can grow the memory; memory never shrinks, so a load that was checked cannot trap any more.
/// <para>NOTE: with guard pages the JIT may narrow a load of which only some bytes are used. One that straddles the end of memory
/// with only unused bytes outside then does not trap. It still reads nothing outside; explicit checks have no such exception.</para>
/// </remarks>
internal sealed partial class FunctionCompiler
{
    // spec: exec-load
    private void LowerLoad(in Instruction instruction)
    {
        var address = Pop();
        var memory = instruction.SecondIndex;
        var offset = instruction.Bits;
        if (IsChecked(memory))
        {
            address = CheckAddress(memory, address, offset, 1 << instruction.Facts.NaturalAlignment);
        }

        var type = CilTypes.Of(instruction.Facts.Results[0]);
        Push(Expression.Load(instruction.Opcode, type, address, offset, memory, mayTrap: !IsChecked(memory)));
    }

    // spec: exec-store
    private void LowerStore(in Instruction instruction)
    {
        var (address, value) = PopStoreOperands(instruction);
        GenerateAddress(instruction.SecondIndex, address, instruction.Bits);
        GenerateForArithmetic(value);
        if (value.Type == CilTypes.Vector)
        {
            _cil.EmitStore(value.Type, _refs);
            return;
        }

        _cil.Emit(instruction.Opcode switch
        {
            Opcode.I32Store or Opcode.I64Store32 => ILOpCode.Stind_i4,
            Opcode.I64Store => ILOpCode.Stind_i8,
            Opcode.F32Store => ILOpCode.Stind_r4,
            Opcode.F64Store => ILOpCode.Stind_r8,
            Opcode.I32Store8 or Opcode.I64Store8 => ILOpCode.Stind_i1,
            _ => ILOpCode.Stind_i2,
        });
    }

    /// <summary>Makes sure that the operands can be generated one after the other, right before the store.</summary>
    private (Expression Address, Expression Value) PopStoreOperands(in Instruction instruction)
    {
        var value = Pop();
        var address = Pop();
        var memory = instruction.SecondIndex;
        Flush(Effects.ReadsMemory | Effects.MayTrap);
        if (IsChecked(memory))
        {
            address = ToSimple(address);
            if ((value.Effects & Effects.MayTrap) != 0)
            {
                value = Materialize(value);
            }

            address = CheckAddress(memory, address, instruction.Bits, 1 << instruction.Facts.NaturalAlignment);
        }

        return (address, value);
    }

    /// <summary>Whether accesses are compared with the memory's length: no reservation could cover 64-bit addresses.</summary>
    private bool IsChecked(uint memory) => _explicitChecks || _module.Memories[memory].Is64;

    /// <summary>Emits the comparison with the memory's length; gives back a form of the address that can be used once more.</summary>
    private Expression CheckAddress(uint memory, Expression address, ulong offset, int width)
    {
        // Far above every length, and far enough below the end of the numbers to be added to a length.
        const ulong Unreachable = 1UL << 62;
        Flush(Effects.MayTrap);
        address = ToSimple(address);
        var reach = Math.Min(offset, Unreachable) + (ulong)width;
        if (address.Kind == ExpressionKind.Constant)
        {
            var start = address.Type == SignatureTypeCode.Int64 ? (ulong)address.Value : (uint)address.Value;
            _cil.LoadInt64((long)(Math.Min(start, Unreachable) + reach));
        }
        else
        {
            if (address.Type == SignatureTypeCode.Int64)
            {
                // The sum may wrap, but not for an address that is below the length.
                GenerateAgain(address);
                _cil.LoadLocal(_memoryLimits[memory]);
                _cil.Branch(ILOpCode.Bgt_un, TrapLabel(TrapCode.MemoryOutOfBounds));
            }

            GenerateAgain(address);
            _cil.Emit(ILOpCode.Conv_u8);
            _cil.LoadInt64((long)reach);
            _cil.Emit(ILOpCode.Add);
        }

        _cil.LoadLocal(_memoryLimits[memory]);
        _cil.Branch(ILOpCode.Bgt_un, TrapLabel(TrapCode.MemoryOutOfBounds));
        return address;
    }

    private void GenerateAddress(uint memory, Expression address, ulong offset)
    {
        _cil.LoadLocal(_memoryBases[memory]);
        if (address is { Kind: ExpressionKind.Constant, Type: SignatureTypeCode.Int32 })
        {
            AddOffset((uint)address.Value + (long)offset);
            return;
        }

        GenerateForArithmetic(address);
        _cil.Emit(ILOpCode.Conv_u);
        _cil.Emit(ILOpCode.Add);
        AddOffset((long)offset);
    }

    private void AddOffset(long offset)
    {
        if (offset <= int.MaxValue)
        {
            AddOffset((int)offset);
            return;
        }

        _cil.LoadInt64(offset);
        _cil.Emit(ILOpCode.Conv_i);
        _cil.Emit(ILOpCode.Add);
    }

    private void EmitLoad(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32Load:
                _cil.Emit(ILOpCode.Ldind_i4);
                break;

            case Opcode.I64Load:
                _cil.Emit(ILOpCode.Ldind_i8);
                break;

            case Opcode.F32Load:
                _cil.Emit(ILOpCode.Ldind_r4);
                break;

            case Opcode.F64Load:
                _cil.Emit(ILOpCode.Ldind_r8);
                break;

            case Opcode.I32Load8S:
                _cil.Emit(ILOpCode.Ldind_i1);
                break;

            case Opcode.I32Load8U:
                _cil.Emit(ILOpCode.Ldind_u1);
                break;

            case Opcode.I32Load16S:
                _cil.Emit(ILOpCode.Ldind_i2);
                break;

            case Opcode.I32Load16U:
                _cil.Emit(ILOpCode.Ldind_u2);
                break;

            case >= Opcode.V128Load:
                EmitVectorLoad(opcode);
                break;

            default:
                EmitWideningLoad(opcode);
                break;
        }
    }

    private void EmitWideningLoad(Opcode opcode)
    {
        _cil.Emit(opcode switch
        {
            Opcode.I64Load8S => ILOpCode.Ldind_i1,
            Opcode.I64Load8U => ILOpCode.Ldind_u1,
            Opcode.I64Load16S => ILOpCode.Ldind_i2,
            Opcode.I64Load16U => ILOpCode.Ldind_u2,
            Opcode.I64Load32S => ILOpCode.Ldind_i4,
            Opcode.I64Load32U => ILOpCode.Ldind_u4,
            _ => throw new InvalidOperationException($"{opcode} is not a load"),
        });
        _cil.Emit(opcode is Opcode.I64Load8S or Opcode.I64Load16S or Opcode.I64Load32S ? ILOpCode.Conv_i8 : ILOpCode.Conv_u8);
    }

    private void ReloadMemoryLimits()
    {
        for (var memory = 0; memory < _memoryLimits.Length; memory++)
        {
            if (_memoryLimits[memory] != NoLocal)
            {
                LoadMemoryLength((uint)memory);
                _cil.StoreLocal(_memoryLimits[memory]);
            }
        }
    }

    private void LoadMemoryLength(uint memory)
    {
        LoadContextField(_layout.MemorySlot(memory), ILOpCode.Ldind_i);
        AddOffset(ContextLayout.MemoryRecordLength);
        _cil.Emit(ILOpCode.Ldind_i8);
    }

    private void LowerBulkMemory(in Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            // spec: exec-memory.size
            case Opcode.MemorySize:
                LoadMemoryLength(instruction.Index);
                _cil.LoadInt32(16);
                _cil.Emit(ILOpCode.Shr_un);
                PushSize(_module.Memories[instruction.Index].Is64);
                break;

            // A load that is out of bounds now could be in bounds after growing, hence MemoryEffects.
            case Opcode.MemoryGrow:
                CallWithOperands(Builtin.MemoryGrow, operands: 1, [instruction.Index]);
                PushSize(_module.Memories[instruction.Index].Is64);
                ReloadMemoryLimits();
                break;

            case Opcode.MemoryCopy:
                CallWithOperands(Builtin.MemoryCopy, operands: 3, [instruction.Index, instruction.SecondIndex]);
                break;

            case Opcode.MemoryFill:
                CallWithOperands(Builtin.MemoryFill, operands: 3, [instruction.Index]);
                break;

            case Opcode.MemoryInit:
                CallWithOperands(Builtin.MemoryInit, operands: 3, [instruction.SecondIndex, instruction.Index]);
                break;

            case Opcode.DataDrop:
                CallWithOperands(Builtin.DataDrop, operands: 0, [instruction.Index]);
                break;
        }
    }

    /// <summary>Pushes the size on the evaluation stack, an int64, as what the instruction yields.</summary>
    private void PushSize(bool is64)
    {
        if (!is64)
        {
            _cil.Emit(ILOpCode.Conv_i4);
        }

        Push(StoreToTemporary(is64 ? SignatureTypeCode.Int64 : SignatureTypeCode.Int32));
    }

    /// <summary>
    /// Calls a builtin with the context, immediates and then operands; its result stays on the evaluation stack. An i32 is widened
    /// where the builtin takes addresses of both widths.
    /// </summary>
    private void CallWithOperands(Builtin builtin, int operands, ReadOnlySpan<uint> immediates)
    {
        var values = PopOperands(operands);
        Flush(Effects.ReadsMemory | Effects.MayTrap);
        LoadContext();
        foreach (var immediate in immediates)
        {
            _cil.LoadInt32((int)immediate);
        }

        var parameters = BuiltinTable.Of(builtin).Parameters[(1 + immediates.Length)..];
        for (var i = 0; i < values.Length; i++)
        {
            Generate(values[i]);
            if (parameters[i] == 'I' && values[i].Type == SignatureTypeCode.Int32)
            {
                _cil.Emit(ILOpCode.Conv_u8);
            }
        }

        EmitCall(builtin);
    }
}
