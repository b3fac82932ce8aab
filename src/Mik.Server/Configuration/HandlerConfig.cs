namespace Mik.Server.Configuration;

/// <summary>A <c>[handlers.name]</c> section: what one handler is given beside what all are.</summary>
public sealed record HandlerConfig
{
    /// <summary>The directories it sees. None: a handler that needs files says so where an operator can read it.</summary>
    public IReadOnlyList<MountConfig> Mounts { get; init; } = [];

    /// <summary>
    /// The hosts and ports it may connect to with sockets of its own: <c>db.internal:5432</c>, <c>10.1.2.3:*</c>. None; HTTP goes by
    /// <see cref="ServerConfig.HttpAllowed"/>.
    /// </summary>
    public IReadOnlyList<string> Sockets { get; init; } = [];
}
