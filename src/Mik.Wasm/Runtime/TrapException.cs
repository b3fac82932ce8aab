namespace Mik.Wasm.Runtime;

/// <summary>The guest trapped; its store must not be entered again.</summary>
public sealed class TrapException : Exception
{
    private WasmBacktrace? _backtrace;

    /// <summary>Stops the guest with the specification's wording for <paramref name="code"/>.</summary>
    public TrapException(TrapCode code, Exception? cause = null)
        : base(TrapText.Of(code), cause) => Code = code;

    /// <summary>Stops the guest for a reason only the host can put into words.</summary>
    public TrapException(TrapCode code, string message)
        : base(message) => Code = code;

    /// <summary>What the guest did.</summary>
    public TrapCode Code { get; }

    /// <summary>
    /// Where the guest was. Made when first asked for, so that traps nobody looks at stay cheap. A trap that unwound through several
    /// instances lists the functions of all of them.
    /// </summary>
    public WasmBacktrace Backtrace => _backtrace ??= WasmBacktrace.Of(InnerException ?? this);

    /// <summary>
    /// The message and the <see cref="Backtrace"/>. The host's account of the stack would be a line for each of the thousands of frames
    /// that endless recursion leaves.
    /// </summary>
    public override string ToString() => $"{Message}\n{Backtrace}";
}
