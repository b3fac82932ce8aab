using System.Reflection.Metadata;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;

namespace Mik.Wasm.Compilation;

/// <summary>Table instructions. An element is an int64.</summary>
internal sealed partial class FunctionCompiler
{
    private void LowerTable(in Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            // spec: exec-table.get
            case Opcode.TableGet:
                var index = Pop();
                Flush(Effects.MayTrap);
                LoadTableElementAddress(instruction.Index, ToSimple(index), TrapCode.TableOutOfBounds);
                _cil.Emit(ILOpCode.Ldind_i8);
                Push(StoreToTemporary(SignatureTypeCode.Int64));
                break;

            case Opcode.TableSet:
                LowerTableSet(instruction.Index);
                break;

            // spec: exec-table.size
            case Opcode.TableSize:
                LoadContextField(_layout.TableSlot(instruction.Index), ILOpCode.Ldind_i);
                AddOffset(ContextLayout.TableRecordLength);
                _cil.Emit(ILOpCode.Ldind_i8);
                PushSize(_module.Tables[instruction.Index].Is64);
                break;

            case Opcode.TableGrow:
                CallWithOperands(Builtin.TableGrow, operands: 2, [instruction.Index]);
                PushSize(_module.Tables[instruction.Index].Is64);
                break;

            case Opcode.TableFill:
                CallWithOperands(Builtin.TableFill, operands: 3, [instruction.Index]);
                break;

            case Opcode.TableCopy:
                CallWithOperands(Builtin.TableCopy, operands: 3, [instruction.Index, instruction.SecondIndex]);
                break;

            case Opcode.TableInit:
                CallWithOperands(Builtin.TableInit, operands: 3, [instruction.SecondIndex, instruction.Index]);
                break;

            case Opcode.ElemDrop:
                CallWithOperands(Builtin.ElemDrop, operands: 0, [instruction.Index]);
                break;

            default:
                throw new InvalidOperationException($"{instruction.Facts.Mnemonic} is not compiled");
        }
    }

    // spec: exec-table.set
    private void LowerTableSet(uint tableIndex)
    {
        var value = Pop();
        var index = Pop();
        Flush(Effects.MayTrap);
        index = ToSimple(index);
        if ((value.Effects & Effects.MayTrap) != 0)
        {
            value = Materialize(value);
        }

        LoadTableElementAddress(tableIndex, index, TrapCode.TableOutOfBounds);
        Generate(value);
        _cil.Emit(ILOpCode.Stind_i8);
    }

    /// <summary>Emits the bounds check, then leaves the element's address on the evaluation stack. Releases the index.</summary>
    private void LoadTableElementAddress(uint tableIndex, Expression index, TrapCode outOfBounds)
    {
        var record = AllocateTemporary(SignatureTypeCode.IntPtr);
        LoadContextField(_layout.TableSlot(tableIndex), ILOpCode.Ldind_i);
        _cil.StoreLocal(record);

        GenerateAgain(index);
        _cil.Emit(ILOpCode.Conv_u8);
        _cil.LoadLocal(record);
        AddOffset(ContextLayout.TableRecordLength);
        _cil.Emit(ILOpCode.Ldind_i8);
        _cil.Branch(ILOpCode.Bge_un, TrapLabel(outOfBounds));

        _cil.LoadLocal(record);
        AddOffset(ContextLayout.TableRecordElements);
        _cil.Emit(ILOpCode.Ldind_i);
        Generate(index);
        _cil.Emit(ILOpCode.Conv_u);
        _cil.LoadInt32(3);
        _cil.Emit(ILOpCode.Shl);
        _cil.Emit(ILOpCode.Add);
        FreeTemporary(SignatureTypeCode.IntPtr, record);
    }
}
