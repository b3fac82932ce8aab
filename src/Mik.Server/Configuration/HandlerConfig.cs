namespace Mik.Server.Configuration;

/// <summary>A <c>[handlers.name]</c> section of <c>mik.toml</c>: what one handler has otherwise than the others, and what it is given beside.</summary>
public sealed record HandlerConfig
{
    /// <summary>Requests in flight in this handler; as many as for every handler when it is null.</summary>
    public int? MaxConcurrentRequests { get; init; }

    /// <summary>Seconds it may take for one request, all attempts included; as long as every handler when it is null.</summary>
    public int? ExecutionTimeoutSecs { get; init; }

    /// <summary>Memory of one instance of it in MiB; as much as of every handler's when it is null.</summary>
    public int? MemoryLimitMb { get; init; }

    /// <summary>
    /// How often a request is tried again when the handler answered 502, 503 or 504, or not at all. None: only its author knows whether
    /// asking twice does no harm. Only methods that may be repeated (GET, HEAD, OPTIONS, TRACE, PUT, DELETE), only bodies that are still there, and only
    /// within the time of one request.
    /// </summary>
    public int Retries { get; init; }

    /// <summary>
    /// Milliseconds before the second attempt, twice as many before each further one; of each wait a random half is taken off, so
    /// that callers who failed together do not come back together.
    /// </summary>
    public int RetryBackoffMs { get; init; } = 50;

    /// <summary>The directories it sees. None: a handler that needs files says so where an operator can read it.</summary>
    public IReadOnlyList<MountConfig> Mounts { get; init; } = [];

    /// <summary>
    /// The hosts and ports it may connect to with sockets of its own: <c>db.internal:5432</c>, <c>10.1.2.3:*</c>. None; HTTP goes by
    /// <see cref="ServerConfig.HttpAllowed"/>.
    /// </summary>
    public IReadOnlyList<string> Sockets { get; init; } = [];
}
