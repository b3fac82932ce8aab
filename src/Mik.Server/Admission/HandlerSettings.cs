using Mik.Server.Configuration;

namespace Mik.Server.Admission;

/// <summary>What one handler may take.</summary>
/// <param name="MaxConcurrentRequests">Requests in flight.</param>
/// <param name="Timeout">Time for one request, all attempts included.</param>
/// <param name="Retry">When a request is tried again.</param>
internal sealed record HandlerSettings(int MaxConcurrentRequests, TimeSpan Timeout, RetryRule Retry)
{
    /// <summary>What a configuration gives the handler of that name; what it gives all of them without one.</summary>
    public static HandlerSettings From(MikConfig config, string? name)
    {
        var handler = config.Handler(name);
        return new HandlerSettings(
            handler.MaxConcurrentRequests!.Value,
            TimeSpan.FromSeconds(handler.ExecutionTimeoutSecs!.Value),
            new RetryRule(handler.Retries, TimeSpan.FromMilliseconds(handler.RetryBackoffMs)));
    }
}

/// <summary>When a request that failed is tried again.</summary>
/// <param name="Retries">How often at most.</param>
/// <param name="Backoff">The longest wait before the second attempt; doubles with each further one.</param>
internal readonly record struct RetryRule(int Retries, TimeSpan Backoff)
{
    /// <summary>Between half of the wait and all of it.</summary>
    /// <param name="attempt">Which attempt has failed; the first is 1.</param>
    /// <param name="random">Between 0 and 1.</param>
    public TimeSpan DelayAfter(int attempt, double random) => Backoff * Math.Pow(2, attempt - 1) * (0.5 + (random / 2));
}
