namespace Mik.Wasm.Runtime;

/// <summary>Why the guest stopped. The order is persisted in compiled code: append only.</summary>
public enum TrapCode : byte
{
    /// <summary>The <c>unreachable</c> instruction ran.</summary>
    Unreachable,

    /// <summary>A load, store or bulk instruction fell outside linear memory.</summary>
    MemoryOutOfBounds,

    /// <summary>A table instruction or active element segment fell outside its table.</summary>
    TableOutOfBounds,

    /// <summary><c>call_indirect</c> named an element past the end of the table.</summary>
    UndefinedElement,

    /// <summary><c>call_indirect</c> met a null element.</summary>
    UninitializedElement,

    /// <summary><c>call_indirect</c> met a function of another type.</summary>
    IndirectCallTypeMismatch,

    /// <summary>Integer division or remainder by zero.</summary>
    IntegerDivideByZero,

    /// <summary>Integer division overflowed, or a float's integer value does not fit.</summary>
    IntegerOverflow,

    /// <summary>A NaN was converted to an integer.</summary>
    InvalidConversionToInteger,

    /// <summary>The guest's stack is used up.</summary>
    StackExhausted,

    /// <summary>The host interrupted the store.</summary>
    Interrupted,

    /// <summary>The guest broke a rule of the component model or of a host interface.</summary>
    HostRefused,

    /// <summary><c>call_ref</c> met null.</summary>
    NullFunctionReference,

    /// <summary>An instruction that needs a reference met null.</summary>
    NullReference,

    /// <summary>An exception reached the border of a component, which none may cross.</summary>
    UncaughtException,
}

/// <summary>The wording the specification's test scripts expect for each <see cref="TrapCode"/>.</summary>
internal static class TrapText
{
    /// <summary>How many codes there are.</summary>
    public const int Count = (int)TrapCode.UncaughtException + 1;

    public static string Of(TrapCode code) => code switch
    {
        TrapCode.Unreachable => "unreachable",
        TrapCode.MemoryOutOfBounds => "out of bounds memory access",
        TrapCode.TableOutOfBounds => "out of bounds table access",
        TrapCode.UndefinedElement => "undefined element",
        TrapCode.UninitializedElement => "uninitialized element",
        TrapCode.IndirectCallTypeMismatch => "indirect call type mismatch",
        TrapCode.IntegerDivideByZero => "integer divide by zero",
        TrapCode.IntegerOverflow => "integer overflow",
        TrapCode.InvalidConversionToInteger => "invalid conversion to integer",
        TrapCode.StackExhausted => "call stack exhausted",
        TrapCode.Interrupted => "interrupt",
        TrapCode.HostRefused => "refused by the host",
        TrapCode.NullFunctionReference => "null function reference",
        TrapCode.NullReference => "null reference",
        TrapCode.UncaughtException => "uncaught exception",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };
}
