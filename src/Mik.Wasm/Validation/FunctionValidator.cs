using System.Collections;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

/// <summary>
/// The specification's validation algorithm: one pass over a body with a stack of operand types and a stack of open blocks. Used
/// for one body after the other.
/// </summary>
/// <param name="module">The module.</param>
/// <param name="declared">By function index, whether <c>ref.func</c> may name it.</param>
// spec: valid-func, algo-valid
internal sealed partial class FunctionValidator(ModuleDefinition module, BitArray declared)
{
    private readonly LocalTypes _locals = new();
    private FuncType _type = null!;
    private int _functionIndex;
    private Instruction _current;

    /// <param name="bodyIndex">Which of the module's bodies.</param>
    /// <exception cref="ModuleFormatException">An instruction is malformed.</exception>
    /// <exception cref="ModuleValidationException">A typing rule is broken.</exception>
    public void Validate(int bodyIndex)
    {
        var body = module.Bodies[bodyIndex];
        _functionIndex = module.ImportedFunctionCount + bodyIndex;
        _type = module.FunctionType((uint)_functionIndex);
        _locals.Reset(_type.Parameters, body.Locals);
        ForgetInitializations(0);
        _tryTables = 0;
        _tryDepth = 0;
        _catchClauses = 0;
        _operandCount = 0;
        _frameCount = 0;
        PushFrame(Opcode.Block, [], _type.Results);

        var reader = new InstructionReader(module, body.Code);
        do
        {
            _current = reader.Read();
            if (_current.Facts.IsRegular)
            {
                CheckRegular();
            }
            else
            {
                CheckIrregular();
            }
        }
        while (_frameCount > 0);

        if (!reader.AtEnd)
        {
            throw new ModuleFormatException($"function {_functionIndex}: instructions after its end", reader.Position);
        }
    }

    private void CheckRegular()
    {
        var facts = _current.Facts;
        var address = default(ValType);
        switch (facts.Immediate)
        {
            case ImmediateKind.MemoryArgument:
                address = CheckMemoryArgument();
                break;
            case ImmediateKind.MemoryArgumentAndLane:
                address = CheckMemoryArgument();
                CheckLane();
                break;
            case ImmediateKind.Lane:
                CheckLane();
                break;
            case ImmediateKind.Shuffle:
                CheckShuffle();
                break;
            case ImmediateKind.Data:
                RequireData();
                break;
            case ImmediateKind.Element:
                ElementSegmentType(_current.Index);
                break;
        }

        var operands = facts.Operands;
        var first = address == default ? 0 : 1;
        for (var i = operands.Length - 1; i >= first; i--)
        {
            Pop(operands[i]);
        }

        // The table of facts knows 32-bit addresses only.
        if (address != default)
        {
            Pop(address);
        }

        foreach (var result in facts.Results)
        {
            Push(result);
        }
    }

    private void CheckIrregular()
    {
        switch (_current.Opcode)
        {
            case Opcode.LocalGet:
                CheckLocalGet();
                break;
            case Opcode.LocalSet:
                CheckLocalSet();
                break;
            case Opcode.LocalTee:
                CheckLocalSet();
                Push(LocalType());
                break;
            case Opcode.GlobalGet:
                Push(GlobalOf(_current.Index).ValueType);
                break;
            case Opcode.GlobalSet:
                CheckGlobalSet();
                break;
            case Opcode.Drop:
                Pop();
                break;
            case Opcode.Select:
                CheckSelect();
                break;
            case Opcode.SelectTyped:
                CheckSelectTyped();
                break;

            case Opcode.Block or Opcode.Loop or Opcode.If:
                CheckBlock();
                break;
            case Opcode.Else:
                CheckElse();
                break;
            case Opcode.End:
                CheckEnd();
                break;
            case Opcode.Unreachable:
                MarkUnreachable();
                break;
            case Opcode.Br:
                Pop(LabelTypes(_current.Index));
                MarkUnreachable();
                break;
            case Opcode.BrIf:
                CheckBranchIf();
                break;
            case Opcode.BrTable:
                CheckBranchTable();
                break;
            case Opcode.Return:
                Pop(_type.Results);
                MarkUnreachable();
                break;
            case Opcode.Call:
                CheckCall(CalleeType());
                break;
            case Opcode.CallIndirect:
                CheckCall(IndirectCalleeType());
                break;
            case Opcode.ReturnCall:
                CheckReturnCall(CalleeType());
                break;
            case Opcode.ReturnCallIndirect:
                CheckReturnCall(IndirectCalleeType());
                break;

            case Opcode.CallRef:
                CheckCall(ReferencedCalleeType());
                break;
            case Opcode.ReturnCallRef:
                CheckReturnCall(ReferencedCalleeType());
                break;
            case Opcode.BrOnNull:
                CheckBranchOnNull();
                break;
            case Opcode.BrOnNonNull:
                CheckBranchOnNonNull();
                break;

            case Opcode.Throw:
                CheckThrow();
                break;
            case Opcode.ThrowRef:
                CheckThrowRef();
                break;
            case Opcode.TryTable:
                CheckTryTable();
                break;

            case Opcode.RefNull:
                Push(_current.Type);
                break;
            case Opcode.RefIsNull:
                CheckRefIsNull();
                break;
            case Opcode.RefFunc:
                CheckRefFunc();
                break;

            case Opcode.RefAsNonNull:
                CheckRefAsNonNull();
                break;

            case Opcode.MemorySize or Opcode.MemoryGrow or Opcode.MemoryFill or Opcode.MemoryCopy or Opcode.MemoryInit:
                CheckMemory();
                break;

            case Opcode.TableSize:
                Push(TableOf(_current.Index).Address);
                break;
            case Opcode.TableGet:
                CheckTableGet();
                break;
            case Opcode.TableSet:
                CheckTableSet();
                break;
            case Opcode.TableGrow:
                CheckTableGrow();
                break;
            case Opcode.TableFill:
                CheckTableFill();
                break;
            case Opcode.TableCopy:
                CheckTableCopy();
                break;
            case Opcode.TableInit:
                CheckTableInit();
                break;

            default:
                throw new InvalidOperationException($"OpcodeTable has no signature for {_current.Facts.Mnemonic} and nothing here checks it.");
        }
    }

    private ModuleValidationException Invalid(string message) =>
        new($"function {_functionIndex}: {_current.Facts.Mnemonic}: {message}", _current.Offset);
}
