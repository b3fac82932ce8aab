using System.Reflection.Metadata;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;
using ModuleDefinition = Mik.Wasm.Binary.ModuleDefinition;

namespace Mik.Wasm.Compilation;

/// <summary>
/// Compiles what stands between emitted functions and the host: see <see cref="ModuleEmitter"/> for each thunk's contract. A slot is
/// 8 bytes and a v128 takes two; 32-bit values are written zero-extended so that a slot's upper half is never stale.
/// </summary>
internal sealed class ThunkCompiler(ModuleDefinition module, EmittedRefs refs, CilWriter cil)
{
    private const int SlotSize = 8;

    /// <summary><c>enter{t}(code, context, slots)</c>.</summary>
    public void CompileEnter(uint typeIndex)
    {
        const int Code = 0;
        const int Context = 1;
        const int Slots = 2;
        var type = module.Types[typeIndex];
        cil.Reset();

        cil.LoadArgument(Context);
        var slot = 0;
        foreach (var parameter in type.Parameters)
        {
            cil.LoadArgument(Slots);
            AddOffset(SlotSize * slot);
            cil.EmitLoad(CilTypes.Of(parameter), refs);
            slot += parameter.Slots();
        }

        cil.LoadArgument(Code);
        cil.EmitToken(ILOpCode.Calli, refs.CallSite(typeIndex), type.Parameters.Length + 2, type.Results.Length == 0 ? 0 : 1);

        slot = 0;
        for (var i = 0; i < type.Results.Length; i++)
        {
            var resultType = CilTypes.Of(type.Results[i]);
            if (i == 0)
            {
                var result = cil.DeclareLocal(resultType);
                cil.StoreLocal(result);
                cil.LoadArgument(Slots);
                cil.LoadLocal(result);
            }
            else
            {
                cil.LoadArgument(Slots);
                AddOffset(SlotSize * slot);
                LoadResultAddress(Context, slot - type.Results[0].Slots());
                cil.EmitLoad(resultType, refs);
            }

            StoreSlot(resultType);
            slot += type.Results[i].Slots();
        }

        cil.Emit(ILOpCode.Ret);
    }

    /// <summary><c>host{t}(context, parameters…)</c>.</summary>
    public void CompileHost(uint typeIndex)
    {
        const int Context = 0;
        var type = module.Types[typeIndex];
        cil.Reset();

        var slots = cil.DeclareLocal(SignatureTypeCode.IntPtr);
        cil.LoadInt32(SlotSize * Math.Max(1, Math.Max(type.ParameterSlots, type.ResultSlots)));
        cil.Emit(ILOpCode.Conv_u);
        cil.Emit(ILOpCode.Localloc);
        cil.StoreLocal(slots);
        var slot = 0;
        for (var i = 0; i < type.Parameters.Length; i++)
        {
            LoadSlotAddress(slots, slot);
            cil.LoadArgument(i + 1);
            StoreSlot(CilTypes.Of(type.Parameters[i]));
            slot += type.Parameters[i].Slots();
        }

        cil.LoadArgument(Context);
        cil.LoadLocal(slots);
        cil.EmitToken(ILOpCode.Call, refs.Token(Builtin.HostInvoke), 2, 0);

        slot = 0;
        for (var i = 1; i < type.Results.Length; i++)
        {
            var resultType = CilTypes.Of(type.Results[i]);
            LoadResultAddress(Context, slot);
            LoadSlotAddress(slots, slot + type.Results[0].Slots());
            cil.EmitLoad(resultType, refs);
            cil.EmitStore(resultType, refs);
            slot += type.Results[i].Slots();
        }

        if (type.Results.Length > 0)
        {
            LoadSlotAddress(slots, 0);
            cil.EmitLoad(CilTypes.Of(type.Results[0]), refs);
        }

        cil.Emit(ILOpCode.Ret);
    }

    /// <summary>One <c>addresses{k}(destination)</c>: stores the methods' addresses one after the other from an index on.</summary>
    public void CompileAddresses(int firstIndex, ReadOnlySpan<int> methodTokens)
    {
        cil.Reset();
        for (var i = 0; i < methodTokens.Length; i++)
        {
            cil.LoadArgument(0);
            AddOffset(SlotSize * (firstIndex + i));
            if (methodTokens[i] == ModuleEmitter.NoMethod)
            {
                cil.LoadInt32(0);
                cil.Emit(ILOpCode.Conv_i);
            }
            else
            {
                cil.EmitToken(ILOpCode.Ldftn, methodTokens[i], 0, 1);
            }

            cil.Emit(ILOpCode.Stind_i);
        }

        cil.Emit(ILOpCode.Ret);
    }

    /// <summary>
    /// A function whose frame is so large that entering it could jump over the reserve below the stack limit: makes sure that there is
    /// room, then runs the real body.
    /// </summary>
    public void CompileFront(FuncType type, int frameBytes, int bodyToken, bool tailCalls)
    {
        cil.Reset();
        var exhausted = cil.DefineLabel();
        cil.LoadLocalAddress(cil.DeclareLocal(SignatureTypeCode.Int32));
        cil.Emit(ILOpCode.Conv_u);
        cil.LoadInt32(frameBytes);
        cil.Emit(ILOpCode.Sub);
        cil.LoadArgument(0);
        AddOffset(ContextLayout.StackLimit);
        cil.Emit(ILOpCode.Volatile);
        cil.Emit(ILOpCode.Ldind_i);
        cil.Branch(ILOpCode.Blt_un, exhausted);

        for (var i = 0; i <= type.Parameters.Length; i++)
        {
            cil.LoadArgument(i);
        }

        // A body that ends in a tail call must not leave this frame behind.
        if (tailCalls)
        {
            cil.Emit(ILOpCode.Tail);
        }

        cil.EmitToken(ILOpCode.Call, bodyToken, type.Parameters.Length + 1, type.Results.Length == 0 ? 0 : 1);
        cil.Emit(ILOpCode.Ret);

        cil.MarkLabel(exhausted);
        cil.LoadArgument(0);
        cil.LoadInt32((int)TrapCode.StackExhausted);
        cil.EmitToken(ILOpCode.Call, refs.Token(Builtin.TrapCreate), 2, 1);
        cil.Emit(ILOpCode.Throw);
    }

    private void LoadSlotAddress(int slots, int slot)
    {
        cil.LoadLocal(slots);
        AddOffset(SlotSize * slot);
    }

    /// <param name="contextArgument">Which argument is the context.</param>
    /// <param name="slot">Slots of the results between the first and this one.</param>
    private void LoadResultAddress(int contextArgument, int slot)
    {
        cil.LoadArgument(contextArgument);
        AddOffset(ContextLayout.Results);
        cil.Emit(ILOpCode.Ldind_i);
        AddOffset(SlotSize * slot);
    }

    private void StoreSlot(SignatureTypeCode type)
    {
        switch (type)
        {
            case SignatureTypeCode.Int32:
                cil.Emit(ILOpCode.Conv_u8);
                cil.Emit(ILOpCode.Stind_i8);
                break;

            case SignatureTypeCode.Single:
                cil.EmitToken(ILOpCode.Call, refs.Token(Builtin.I32ReinterpretF32), 1, 1);
                cil.Emit(ILOpCode.Conv_u8);
                cil.Emit(ILOpCode.Stind_i8);
                break;

            default:
                cil.EmitStore(type, refs);
                break;
        }
    }

    private void AddOffset(int offset)
    {
        if (offset != 0)
        {
            cil.LoadInt32(offset);
            cil.Emit(ILOpCode.Add);
        }
    }
}
