namespace Mik.Wasm.Types;

/// <summary>A WebAssembly value type. The numeric value is the type's binary encoding.</summary>
// spec: syntax-valtype
public enum ValType : byte
{
    /// <summary>32-bit integer.</summary>
    I32 = 0x7F,

    /// <summary>64-bit integer.</summary>
    I64 = 0x7E,

    /// <summary>32-bit IEEE 754 float.</summary>
    F32 = 0x7D,

    /// <summary>64-bit IEEE 754 float.</summary>
    F64 = 0x7C,

    /// <summary>128-bit vector.</summary>
    V128 = 0x7B,

    /// <summary>Nullable reference to a function.</summary>
    FuncRef = 0x70,

    /// <summary>Nullable reference to a host object.</summary>
    ExternRef = 0x6F,
}

/// <summary>Questions asked about <see cref="ValType"/> everywhere.</summary>
public static class ValTypes
{
    /// <summary>Whether the type is <c>funcref</c> or <c>externref</c>.</summary>
    public static bool IsReference(this ValType type) => type is ValType.FuncRef or ValType.ExternRef;

    /// <summary>
    /// How many 64-bit slots a value takes where values cross between guest and host: two for a vector, whose first slot holds the
    /// lower half, otherwise one.
    /// </summary>
    public static int Slots(this ValType type) => type == ValType.V128 ? 2 : 1;

    /// <summary>The type's name in the text format.</summary>
    public static string Text(this ValType type) => type switch
    {
        ValType.I32 => "i32",
        ValType.I64 => "i64",
        ValType.F32 => "f32",
        ValType.F64 => "f64",
        ValType.V128 => "v128",
        ValType.FuncRef => "funcref",
        ValType.ExternRef => "externref",
        _ => $"0x{(byte)type:x2}",
    };
}
