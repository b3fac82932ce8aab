using System.Reflection.Metadata;
using Mik.Wasm.Types;

namespace Mik.Wasm.Compilation;

/// <summary>How WebAssembly's value types appear in emitted code.</summary>
internal static class CilTypes
{
    /// <summary>Stands for <c>Vector128&lt;byte&gt;</c>, the only generic type that values in emitted code have.</summary>
    public const SignatureTypeCode Vector = SignatureTypeCode.GenericTypeInstance;

    /// <summary>The CIL type of a value. A reference is an address (or a host's handle) in 64 bits.</summary>
    public static SignatureTypeCode Of(ValType type) => type switch
    {
        ValType.I32 => SignatureTypeCode.Int32,
        ValType.I64 => SignatureTypeCode.Int64,
        ValType.F32 => SignatureTypeCode.Single,
        ValType.F64 => SignatureTypeCode.Double,
        ValType.V128 => Vector,
        _ when type.IsReference() => SignatureTypeCode.Int64,
        _ => throw new InvalidOperationException($"{type.Text()} got past the validator"),
    };

    /// <summary>Bytes that a value takes in memory.</summary>
    public static int Size(SignatureTypeCode type) => type switch
    {
        SignatureTypeCode.Int32 or SignatureTypeCode.Single => 4,
        Vector => 16,
        _ => 8,
    };

    /// <summary>Emits the load of a value whose address is on the evaluation stack.</summary>
    public static void EmitLoad(this CilWriter cil, SignatureTypeCode type, EmittedRefs refs)
    {
        if (type == Vector)
        {
            cil.EmitToken(ILOpCode.Ldobj, refs.VectorType, 1, 1);
        }
        else
        {
            cil.Emit(LoadIndirect(type));
        }
    }

    /// <summary>Emits the store of a value; its destination and then the value are on the evaluation stack.</summary>
    public static void EmitStore(this CilWriter cil, SignatureTypeCode type, EmittedRefs refs)
    {
        if (type == Vector)
        {
            cil.EmitToken(ILOpCode.Stobj, refs.VectorType, 2, 0);
        }
        else
        {
            cil.Emit(StoreIndirect(type));
        }
    }

    private static ILOpCode LoadIndirect(SignatureTypeCode type) => type switch
    {
        SignatureTypeCode.Int32 => ILOpCode.Ldind_i4,
        SignatureTypeCode.Single => ILOpCode.Ldind_r4,
        SignatureTypeCode.Double => ILOpCode.Ldind_r8,
        _ => ILOpCode.Ldind_i8,
    };

    private static ILOpCode StoreIndirect(SignatureTypeCode type) => type switch
    {
        SignatureTypeCode.Int32 => ILOpCode.Stind_i4,
        SignatureTypeCode.Single => ILOpCode.Stind_r4,
        SignatureTypeCode.Double => ILOpCode.Stind_r8,
        _ => ILOpCode.Stind_i8,
    };
}
