namespace Mik.Wasm.Runtime;

/// <summary>
/// What modules may use beyond WebAssembly 2.0, one flag for each proposal under the proposal's name. A module that uses a feature an
/// engine does not have is refused with a <see cref="ModuleValidationException"/> that names it.
/// </summary>
// spec: changes since 2.0
[Flags]
public enum WasmFeatures
{
    /// <summary>Nothing: WebAssembly 2.0 without SIMD.</summary>
    None = 0,

    /// <summary>Calls that take the caller's place.</summary>
    TailCall = 1 << 0,

    /// <summary>Arithmetic in constant expressions.</summary>
    ExtendedConst = 1 << 1,

    /// <summary>128-bit vectors.</summary>
    Simd = 1 << 2,

    /// <summary>
    /// Vector instructions whose results the specification leaves open in some cases. This engine chooses the same one on every
    /// processor.
    /// </summary>
    RelaxedSimd = 1 << 3,

    /// <summary>References to functions of a known type, and references that are never null.</summary>
    FunctionReferences = 1 << 4,

    /// <summary>Exceptions with tags, and references to them.</summary>
    ExceptionHandling = 1 << 5,

    /// <summary>Memories and tables with 64-bit addresses.</summary>
    Memory64 = 1 << 6,

    /// <summary>More than one memory in a module.</summary>
    MultiMemory = 1 << 7,

    /// <summary>Everything this engine implements.</summary>
    All = TailCall | ExtendedConst | Simd | RelaxedSimd | FunctionReferences | ExceptionHandling | Memory64 | MultiMemory,
}

/// <summary>How messages speak of each feature.</summary>
internal static class FeatureText
{
    /// <summary>The error for a module that uses a feature which is not among the enabled ones.</summary>
    /// <param name="feature">One flag; of several, the first is named.</param>
    /// <param name="offset">Where it is used, in bytes from the start of the module.</param>
    public static ModuleValidationException Refusal(WasmFeatures feature, int offset)
    {
        feature &= (WasmFeatures)(-(int)feature);
        var (subject, proposal) = Of(feature);
        return new ModuleValidationException(
            (WasmFeatures.All & feature) == 0 ? $"{subject} not supported" : $"{subject} disabled in this engine ({proposal})", offset);
    }

    private static (string Subject, string Proposal) Of(WasmFeatures feature) => feature switch
    {
        WasmFeatures.TailCall => ("tail calls are", "tail-call"),
        WasmFeatures.ExtendedConst => ("arithmetic in constant expressions is", "extended-const"),
        WasmFeatures.Simd => ("SIMD is", "simd"),
        WasmFeatures.RelaxedSimd => ("relaxed SIMD is", "relaxed-simd"),
        WasmFeatures.FunctionReferences => ("typed function references are", "function-references"),
        WasmFeatures.ExceptionHandling => ("exception handling is", "exception-handling"),
        WasmFeatures.Memory64 => ("64-bit memories and tables are", "memory64"),
        WasmFeatures.MultiMemory => ("multiple memories are", "multi-memory"),
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, null),
    };
}
