using Mik.Server.Configuration;
using Mik.Wasi.Filesystem;
using Mik.Wasi.Sockets;

namespace Mik.Server.Execution;

/// <summary>What one handler may reach outside of itself, beside HTTP.</summary>
/// <param name="Mounts">The directories it sees.</param>
/// <param name="Sockets">Whom it may contact with sockets of its own.</param>
internal sealed record HandlerGrants(IReadOnlyList<Mount> Mounts, SocketPolicy Sockets)
{
    /// <summary>Nothing.</summary>
    public static HandlerGrants None { get; } = new([], SocketPolicy.None);

    /// <summary>What a section of the configuration grants.</summary>
    public static HandlerGrants From(MikConfig config, HandlerConfig handler) => new(
        [.. handler.Mounts.Select(mount => new Mount(config.PathOf(mount), mount.GuestPath, mount.IsWritable))],
        new SocketPolicy(handler.Sockets));
}
