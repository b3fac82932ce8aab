namespace Mik.Server.Configuration;

/// <summary>The <c>[breaker]</c> section of <c>mik.toml</c>: when a failing handler is given a rest. Every handler has its own breaker.</summary>
public sealed record BreakerConfig
{
    /// <summary>
    /// Consecutive failures (traps, timeouts, missing responses) that open the breaker. Five: one bad request, or a pair of them,
    /// says little about a handler; five in a row with no success between them do.
    /// </summary>
    public int Failures { get; init; } = 5;

    /// <summary>
    /// Seconds an open breaker refuses before it probes. Thirty: the length of the default execution timeout, so that the calls
    /// that opened it are certainly over.
    /// </summary>
    public int OpenSecs { get; init; } = 30;

    /// <summary>
    /// Requests let through at a time while probing, and successes needed to close. One: the handler is known to fail, so that
    /// as few callers as possible should find out whether it still does.
    /// </summary>
    public int HalfOpenProbes { get; init; } = 1;
}
