namespace Mik.Scripting;

/// <summary>Why a call could not be answered. Scripts see the name in parentheses as the error's <c>code</c>.</summary>
public enum HandlerCallCode
{
    /// <summary>No such handler (<c>MODULE_NOT_FOUND</c>).</summary>
    ModuleNotFound,

    /// <summary>The handler's circuit breaker is open (<c>CIRCUIT_OPEN</c>).</summary>
    CircuitOpen,

    /// <summary>The handler's concurrency limit is reached (<c>RATE_LIMITED</c>).</summary>
    RateLimited,

    /// <summary>The call's, the handler's or the script's time ran out (<c>TIMEOUT</c>).</summary>
    Timeout,

    /// <summary>The handler trapped, ran out of memory or returned no response (<c>HANDLER_ERROR</c>).</summary>
    HandlerError,
}

/// <summary>A call that could not be answered; the script's promise rejects with it.</summary>
/// <param name="code">Why.</param>
/// <param name="handler">Which handler was called.</param>
/// <param name="message">What happened, in words meant for the script's author.</param>
/// <param name="retryAfter">When a repetition may succeed, where known.</param>
/// <param name="inner">What caused it; for the log only.</param>
public sealed class HandlerCallException(
    HandlerCallCode code, string handler, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why the call could not be answered.</summary>
    public HandlerCallCode Code { get; } = code;

    /// <summary>The same as scripts see it.</summary>
    public string CodeName => NameOf(Code);

    /// <summary>Which handler was called.</summary>
    public string Handler { get; } = handler;

    /// <summary>When a repetition may succeed, where known.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>What scripts see of a code.</summary>
    public static string NameOf(HandlerCallCode code) => code switch
    {
        HandlerCallCode.ModuleNotFound => "MODULE_NOT_FOUND",
        HandlerCallCode.CircuitOpen => "CIRCUIT_OPEN",
        HandlerCallCode.RateLimited => "RATE_LIMITED",
        HandlerCallCode.Timeout => "TIMEOUT",
        _ => "HANDLER_ERROR",
    };
}
