using System.Reflection.Metadata;
using Mik.Wasm.Types;

namespace Mik.Wasm.Compilation;

/// <summary>How WebAssembly's value types appear in emitted code.</summary>
internal static class CilTypes
{
    /// <summary>The CIL type of a value. A reference is an address (or a host's handle) in 64 bits.</summary>
    public static SignatureTypeCode Of(ValType type) => type switch
    {
        ValType.I32 => SignatureTypeCode.Int32,
        ValType.I64 or ValType.FuncRef or ValType.ExternRef => SignatureTypeCode.Int64,
        ValType.F32 => SignatureTypeCode.Single,
        ValType.F64 => SignatureTypeCode.Double,
        _ => throw new InvalidOperationException($"{type.Text()} got past the validator"),
    };

    public static ILOpCode LoadIndirect(SignatureTypeCode type) => type switch
    {
        SignatureTypeCode.Int32 => ILOpCode.Ldind_i4,
        SignatureTypeCode.Single => ILOpCode.Ldind_r4,
        SignatureTypeCode.Double => ILOpCode.Ldind_r8,
        _ => ILOpCode.Ldind_i8,
    };

    public static ILOpCode StoreIndirect(SignatureTypeCode type) => type switch
    {
        SignatureTypeCode.Int32 => ILOpCode.Stind_i4,
        SignatureTypeCode.Single => ILOpCode.Stind_r4,
        SignatureTypeCode.Double => ILOpCode.Stind_r8,
        _ => ILOpCode.Stind_i8,
    };
}
