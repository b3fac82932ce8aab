using System.Reflection.Metadata;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;
using ModuleDefinition = Mik.Wasm.Binary.ModuleDefinition;

namespace Mik.Wasm.Compilation;

/// <summary>
/// Compiles one validated function at a time to CIL, in one pass over its code.
/// </summary>
/// <remarks>
/// The operand stack is symbolic: pure operations and loads stay <see cref="Expression"/> trees until something consumes them, and
/// are put into temporaries before anything that could change their value or that must not happen before their traps. Statements
/// are emitted with an empty evaluation stack, so every join has the same shape and one label per trap code serves a whole function.
/// RyuJIT's forward substitution removes the temporaries again.
/// <para>Unaligned accesses carry no <c>unaligned.</c> prefix: the supported processors do them natively, and three more bytes per
/// access would keep small functions from being inlined.</para>
/// </remarks>
internal sealed partial class FunctionCompiler
{
    private const int NoLocal = -1;

    private readonly ModuleDefinition _module;
    private readonly ContextLayout _layout;
    private readonly EmittedRefs _refs;
    private readonly bool _explicitChecks;
    private readonly CilWriter _cil;
    private readonly int[] _memoryBases;
    private readonly int[] _memoryLimits;
    private readonly int[] _functionTrapLabels = NewTrapLabels();
    private int[] _trapLabels = [];

    private FuncType _type = null!;
    private int _parameterCount;
    private SignatureTypeCode[] _localTypes = [];
    private ulong _testedLocals;
    private bool _isDead;
    private int _deadNesting;

    public FunctionCompiler(ModuleDefinition module, ContextLayout layout, EmittedRefs refs, CilWriter cil, bool explicitChecks)
    {
        _module = module;
        _layout = layout;
        _refs = refs;
        _cil = cil;
        _explicitChecks = explicitChecks;
        _memoryBases = new int[module.Memories.Length];
        _memoryLimits = new int[module.Memories.Length];
    }

    /// <summary>Writes the whole method body to the writer.</summary>
    public void Compile(uint functionIndex, in FunctionScan scan, bool guardStack)
    {
        var body = _module.Bodies[functionIndex - _module.ImportedFunctionCount];
        Begin(_module.FunctionType(functionIndex), body);
        _testedLocals = scan.TestedLocals;
        EmitPrologue(scan, guardStack);

        PushFrame(FrameKind.Function, [], _type.Results);
        var reader = new InstructionReader(_module, body.Code);
        while (_frames.Count > 0)
        {
            var instruction = reader.Read();
            if (_isDead)
            {
                SkipDead(instruction.Opcode);
            }
            else
            {
                Lower(instruction);
                FollowBeginning(instruction, reader.Position);
            }
        }

        EmitOutside();
        EmitTraps();
    }

    private void Begin(FuncType type, FunctionBody body)
    {
        _cil.Reset();
        _stack.Clear();
        _settled = 0;
        _frames.Clear();
        foreach (var pool in _temporaries)
        {
            pool.Clear();
        }

        BeginExceptions();
        _trapLabels = _functionTrapLabels;
        Array.Fill(_trapLabels, NoLabel);
        _isDead = false;
        _deadNesting = 0;
        _beginning = null;
        _lookAhead = body.Code.Length;
        _bodyEnd = body.Code.End;
        _type = type;
        _parameterCount = type.Parameters.Length;

        var localCount = _parameterCount;
        foreach (var run in body.Locals)
        {
            localCount = checked(localCount + (int)run.Count);
        }

        if (_localTypes.Length < localCount)
        {
            _localTypes = new SignatureTypeCode[localCount];
        }

        for (var i = 0; i < _parameterCount; i++)
        {
            _localTypes[i] = CilTypes.Of(type.Parameters[i]);
        }

        var next = _parameterCount;
        foreach (var run in body.Locals)
        {
            for (var i = 0U; i < run.Count; i++)
            {
                _localTypes[next++] = CilTypes.Of(run.Type);
                _cil.DeclareLocal(CilTypes.Of(run.Type));
            }
        }
    }

    private void EmitPrologue(in FunctionScan scan, bool guardStack)
    {
        if (guardStack)
        {
            EmitStackGuard();
        }

        // Functions that call each other in tail position loop without a loop header.
        if (scan.TailCalls)
        {
            EmitInterruptCheck();
        }

        // Not in functions without memory access: the unused load would stay as a null check.
        for (var memory = 0; memory < _memoryBases.Length; memory++)
        {
            _memoryBases[memory] = scan.Touches(memory) ? _cil.DeclareLocal(SignatureTypeCode.IntPtr) : NoLocal;
            _memoryLimits[memory] = scan.Touches(memory) && IsChecked((uint)memory) ? _cil.DeclareLocal(SignatureTypeCode.Int64) : NoLocal;
            if (_memoryBases[memory] != NoLocal)
            {
                LoadMemoryBase((uint)memory);
                _cil.StoreLocal(_memoryBases[memory]);
            }
        }

        ReloadMemoryLimits();
    }

    // The first memory's address is in the context itself; that of another in its record.
    private void LoadMemoryBase(uint memory)
    {
        if (memory == 0)
        {
            LoadContextField(ContextLayout.MemoryBase, ILOpCode.Ldind_i);
            return;
        }

        LoadContextField(_layout.MemorySlot(memory), ILOpCode.Ldind_i);
        AddOffset(ContextLayout.MemoryRecordBase);
        _cil.Emit(ILOpCode.Ldind_i);
    }

    private static int[] NewTrapLabels()
    {
        var labels = new int[TrapText.Count];
        Array.Fill(labels, NoLabel);
        return labels;
    }

    private void EmitStackGuard()
    {
        _cil.LoadLocalAddress(_cil.DeclareLocal(SignatureTypeCode.Int32));
        _cil.Emit(ILOpCode.Conv_u);
        LoadContextField(ContextLayout.StackLimit, ILOpCode.Ldind_i, isVolatile: true);
        _cil.Branch(ILOpCode.Blt_un, TrapLabel(TrapCode.StackExhausted));
    }

    // Volatile, or the JIT would hoist the load out of the loop and nothing could stop it.
    private void EmitInterruptCheck()
    {
        LoadContextField(ContextLayout.Interrupt, ILOpCode.Ldind_i4, isVolatile: true);
        _cil.Branch(ILOpCode.Brtrue, TrapLabel(TrapCode.Interrupted));
    }

    private void Lower(in Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Nop:
                break;

            case Opcode.Unreachable:
                Flush(Effects.MayTrap);
                _cil.Branch(ILOpCode.Br, TrapLabel(TrapCode.Unreachable));
                EnterDeadCode();
                break;

            case Opcode.Block:
                LowerBlock(instruction.Block);
                break;

            case Opcode.Loop:
                LowerLoop(instruction.Block);
                break;

            case Opcode.If:
                LowerIf(instruction.Block);
                break;

            case Opcode.Else:
                LowerElse();
                break;

            case Opcode.End:
                LowerEnd();
                break;

            case Opcode.Br:
                LowerBranch(instruction.Index);
                break;

            case Opcode.BrIf:
                LowerBranchIf(instruction.Index);
                break;

            case Opcode.BrTable:
                LowerBranchTable(instruction);
                break;

            case Opcode.Return:
                EmitReturn();
                EnterDeadCode();
                break;

            case Opcode.Call:
                LowerCall(instruction.Index, isTail: false);
                break;

            case Opcode.ReturnCall:
                LowerCall(instruction.Index, isTail: true);
                break;

            case Opcode.CallIndirect:
                LowerCallIndirect(instruction.Index, instruction.SecondIndex, isTail: false);
                break;

            case Opcode.ReturnCallIndirect:
                LowerCallIndirect(instruction.Index, instruction.SecondIndex, isTail: true);
                break;

            case Opcode.CallRef:
                LowerCallRef(instruction.Index, isTail: false);
                break;

            case Opcode.ReturnCallRef:
                LowerCallRef(instruction.Index, isTail: true);
                break;

            case Opcode.Throw:
                LowerThrow(instruction.Index);
                break;

            case Opcode.ThrowRef:
                LowerThrowRef();
                break;

            case Opcode.TryTable:
                LowerTryTable(instruction);
                break;

            case Opcode.Drop:
                LowerDrop();
                break;

            case Opcode.Select or Opcode.SelectTyped:
                LowerSelect();
                break;

            case Opcode.LocalGet:
                Push(Expression.Local(_localTypes[instruction.Index], instruction.Index));
                break;

            case Opcode.LocalSet:
                LowerLocalSet(instruction.Index);
                break;

            case Opcode.LocalTee:
                LowerLocalSet(instruction.Index);
                Push(Expression.Local(_localTypes[instruction.Index], instruction.Index));
                break;

            case Opcode.GlobalGet:
                LowerGlobalGet(instruction.Index);
                break;

            case Opcode.GlobalSet:
                LowerGlobalSet(instruction.Index);
                break;

            case >= Opcode.I32Load and <= Opcode.I64Load32U:
                LowerLoad(instruction);
                break;

            case >= Opcode.I32Store and <= Opcode.I64Store32:
                LowerStore(instruction);
                break;

            case Opcode.I32Const or Opcode.F32Const:
                Push(Expression.Constant(CilTypes.Of(instruction.Facts.Results[0]), instruction.I32));
                break;

            case Opcode.I64Const or Opcode.F64Const:
                Push(Expression.Constant(CilTypes.Of(instruction.Facts.Results[0]), (long)instruction.Bits));
                break;

            case >= Opcode.I32Eqz and <= Opcode.I64Extend32S:
            case >= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U:
                LowerNumeric(instruction.Facts);
                break;

            case Opcode.RefNull:
                Push(Expression.Constant(SignatureTypeCode.Int64, 0));
                break;

            case Opcode.RefIsNull:
                Push(Expression.Unary(Opcode.I64Eqz, SignatureTypeCode.Int32, Pop(), mayTrap: false));
                break;

            case Opcode.RefFunc:
                LowerRefFunc(instruction.Index);
                break;

            case Opcode.RefAsNonNull:
                LowerRefAsNonNull();
                break;

            case Opcode.BrOnNull:
                LowerBranchOnNull(instruction.Index);
                break;

            case Opcode.BrOnNonNull:
                LowerBranchOnNonNull(instruction.Index);
                break;

            case >= Opcode.V128Load:
                LowerVector(instruction);
                break;

            case Opcode.MemorySize or Opcode.MemoryGrow or (>= Opcode.MemoryInit and <= Opcode.MemoryFill):
                LowerBulkMemory(instruction);
                break;

            default:
                LowerTable(instruction);
                break;
        }
    }

    // spec: valid-unreachable. Nothing is emitted until the block ends in which the code became unreachable.
    private void SkipDead(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable:
                _deadNesting++;
                break;

            case Opcode.Else when _deadNesting == 0:
                LowerElse();
                break;

            case Opcode.End when _deadNesting > 0:
                _deadNesting--;
                break;

            case Opcode.End:
                LowerEnd();
                break;
        }
    }

    private int TrapLabel(TrapCode code)
    {
        ref var label = ref _trapLabels[(int)code];
        if (label == NoLabel)
        {
            label = _cil.DefineLabel();
        }

        return label;
    }

    private void EmitTraps()
    {
        for (var code = 0; code < _trapLabels.Length; code++)
        {
            if (_trapLabels[code] != NoLabel)
            {
                _cil.MarkLabel(_trapLabels[code]);
                LoadContext();
                _cil.LoadInt32(code);
                EmitCall(Builtin.TrapCreate);
                _cil.Emit(ILOpCode.Throw);
            }
        }
    }

    private void LoadContext() => _cil.LoadArgument(0);

    private void LoadContextFieldAddress(int offset)
    {
        LoadContext();
        AddOffset(offset);
    }

    private void LoadContextField(int offset, ILOpCode load, bool isVolatile = false)
    {
        LoadContextFieldAddress(offset);
        if (isVolatile)
        {
            _cil.Emit(ILOpCode.Volatile);
        }

        _cil.Emit(load);
    }

    private void AddOffset(int offset)
    {
        if (offset != 0)
        {
            _cil.LoadInt32(offset);
            _cil.Emit(ILOpCode.Add);
        }
    }

    private void EmitCall(Builtin builtin)
    {
        var method = BuiltinTable.Of(builtin);
        _cil.EmitToken(ILOpCode.Call, _refs.Token(builtin), method.Parameters.Length, method.Result is null ? 0 : 1);
    }
}
