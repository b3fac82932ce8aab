namespace Mik.Wasm.Types;

/// <summary>
/// A WebAssembly value type. The named ones carry their binary encoding; <see cref="ValTypes"/> makes the others from them: references
/// that are never null, and references to functions of a known type. Equal types have equal numbers within a process, and only there.
/// </summary>
// spec: syntax-valtype
public enum ValType : uint
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

    /// <summary>Nullable reference to an exception.</summary>
    ExnRef = 0x69,
}

/// <summary>Questions asked about <see cref="ValType"/> everywhere, and the types without a name.</summary>
public static class ValTypes
{
    // What a number is made of: the low byte says what kind of type it is, then comes the flag of references that are never null, then
    // the number that stands for a function type.
    private const uint KindMask = 0xFF;
    private const uint NeverNull = 0x100;
    private const int FunctionShift = 9;
    private const uint TypedFunction = 0x63;
    private const uint Bottom = 0x01;

    /// <summary>
    /// The never-null reference that unreachable code takes from nowhere; it stands for a reference of every kind. Only the validator
    /// meets it.
    /// </summary>
    internal const ValType BottomRef = (ValType)(Bottom | NeverNull);

    /// <summary>
    /// How many 64-bit slots a value takes where values cross between guest and host: two for a vector, whose first slot holds the
    /// lower half, otherwise one.
    /// </summary>
    public static int Slots(this ValType type) => type == ValType.V128 ? 2 : 1;

    /// <summary>Reference to a function of that type.</summary>
    public static ValType ReferenceTo(FuncType type, bool isNullable) =>
        (ValType)(TypedFunction | (isNullable ? 0 : NeverNull) | ((uint)ReferencedTypes.NumberOf(type) << FunctionShift));

    /// <summary>Whether the type is a reference of any kind.</summary>
    public static bool IsReference(this ValType type) =>
        ((uint)type & KindMask) is (uint)ValType.FuncRef or (uint)ValType.ExternRef or (uint)ValType.ExnRef or TypedFunction or Bottom;

    /// <summary>Whether values of the type refer to functions, whatever their type.</summary>
    public static bool IsFunctionReference(this ValType type) => ((uint)type & KindMask) is (uint)ValType.FuncRef or TypedFunction;

    /// <summary>Whether a local or table of the type starts with a value of its own: zero or null.</summary>
    // spec: valid-defaultable
    public static bool IsDefaultable(this ValType type) => ((uint)type & NeverNull) == 0;

    /// <summary>The same reference type without null.</summary>
    public static ValType WithoutNull(this ValType type) => (ValType)((uint)type | NeverNull);

    /// <summary>The same reference type with null.</summary>
    public static ValType WithNull(this ValType type) => (ValType)((uint)type & ~NeverNull);

    /// <summary>The type of the functions a typed function reference refers to; <see langword="null"/> for every other type.</summary>
    public static FuncType? ReferencedFunction(this ValType type) =>
        ((uint)type & KindMask) == TypedFunction ? ReferencedTypes.Of((int)((uint)type >> FunctionShift)) : null;

    /// <summary>Whether a value of this type may stand where <paramref name="wanted"/> is required.</summary>
    // spec: match-valtype
    public static bool Matches(this ValType type, ValType wanted)
    {
        if (type == wanted)
        {
            return true;
        }

        if (!type.IsReference() || !wanted.IsReference() || (type.IsDefaultable() && !wanted.IsDefaultable()))
        {
            return false;
        }

        var heap = type.WithNull();
        var wantedHeap = wanted.WithNull();
        return heap == wantedHeap || heap == (ValType)Bottom || (wantedHeap == ValType.FuncRef && heap.IsFunctionReference());
    }

    /// <summary>The type's name in the text format; function types are called by a number.</summary>
    public static string Text(this ValType type) => type switch
    {
        ValType.I32 => "i32",
        ValType.I64 => "i64",
        ValType.F32 => "f32",
        ValType.F64 => "f64",
        ValType.V128 => "v128",
        ValType.FuncRef => "funcref",
        ValType.ExternRef => "externref",
        ValType.ExnRef => "exnref",
        _ when type.IsReference() => $"(ref {(type.IsDefaultable() ? "null " : "")}{HeapText(type)})",
        _ => $"0x{(uint)type:x2}",
    };

    // Not the function type itself: a type can name others, those others again, and the text would double with each.
    private static string HeapText(ValType type) => ((uint)type & KindMask) switch
    {
        (uint)ValType.FuncRef => "func",
        (uint)ValType.ExternRef => "extern",
        (uint)ValType.ExnRef => "exn",
        Bottom => "any",
        _ => $"$func{(uint)type >> FunctionShift}",
    };
}
