namespace Mik.Server.Configuration.Keys;

/// <summary>The keys of a <c>[handlers.name]</c> section, in the order of the reference page.</summary>
internal static class HandlerKeys
{
    /// <summary>The section that has one of them for each handler.</summary>
    public const string Section = "handlers";

    /// <summary>A key whose directories must be there.</summary>
    public const string Mounts = "mounts";

    public static IReadOnlyList<RecordKey<HandlerConfig>> All { get; } =
    [
        new("max_concurrent_requests", "Requests in flight in this handler; as max_per_module_requests without it.", new IntegerRule(1, 100_000),
            static h => h.MaxConcurrentRequests, static (h, v) => h with { MaxConcurrentRequests = (int)v }),
        new("execution_timeout_secs", "Seconds it may take for one request, all attempts included; as in [server] without it.", new IntegerRule(1, 300),
            static h => h.ExecutionTimeoutSecs, static (h, v) => h with { ExecutionTimeoutSecs = (int)v }),
        new("memory_limit_mb", "Memory of one instance of it in MiB; as in [server] without it.", ConfigKeys.MemoryLimit,
            static h => h.MemoryLimitMb, static (h, v) => h with { MemoryLimitMb = (int)v }),
        new("retries", "How often a request that may be repeated is tried again when the handler answered 502, 503 or 504, or not at all.", new IntegerRule(0, 10),
            static h => h.Retries, static (h, v) => h with { Retries = (int)v }),
        new("retry_backoff_ms", "Milliseconds before the second attempt, doubled before each further one; a random half of it is taken off.", new IntegerRule(0, 60_000),
            static h => h.RetryBackoffMs, static (h, v) => h with { RetryBackoffMs = (int)v }),
        new(Mounts, "Directories the handler sees, relative to the project; read-only unless `:rw` says otherwise. Linux only.",
            new TextListRule(
                "an array of mounts such as [\"assets:/assets\", \"data:/data:rw\"]",
                "a directory, \":\" and the absolute path that the handler sees, with \":rw\" behind it to let it write",
                static text => MountConfig.Parse(text) is null ? null : text),
            static h => h.Mounts, static (h, v) => h with { Mounts = [.. ((IReadOnlyList<string>)v).Select(static item => MountConfig.Parse(item)!)] }),
        new("sockets", "Hosts and ports the handler may open TCP connections to, send datagrams to and look up.",
            new TextListRule(
                "an array of hosts with ports such as [\"db.internal:5432\", \"[fd00::1]:53\"]",
                "a host, \":\" and a port or \"*\"",
                TextForms.HostAndPort),
            static h => h.Sockets, static (h, v) => h with { Sockets = (IReadOnlyList<string>)v }),
    ];
}
