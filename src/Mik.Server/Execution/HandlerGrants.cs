using Mik.Server.Configuration;
using Mik.Wasi.Filesystem;
using Mik.Wasi.Sockets;

namespace Mik.Server.Execution;

/// <summary>What one handler is given otherwise than the others: what it may reach outside of itself, beside HTTP, and memory.</summary>
/// <param name="Mounts">The directories it sees.</param>
/// <param name="Sockets">Whom it may contact with sockets of its own.</param>
/// <param name="MaxMemoryBytes">Memory of one instance; as every handler's when it is null.</param>
internal sealed record HandlerGrants(IReadOnlyList<Mount> Mounts, SocketPolicy Sockets, long? MaxMemoryBytes)
{
    /// <summary>Nothing.</summary>
    public static HandlerGrants None { get; } = new([], SocketPolicy.None, MaxMemoryBytes: null);

    /// <summary>What a section of the configuration grants.</summary>
    public static HandlerGrants From(MikConfig config, HandlerConfig handler) => new(
        [.. handler.Mounts.Select(mount => new Mount(config.PathOf(mount), mount.GuestPath, mount.IsWritable))],
        new SocketPolicy(handler.Sockets),
        (long?)handler.MemoryLimitMb << 20);
}
