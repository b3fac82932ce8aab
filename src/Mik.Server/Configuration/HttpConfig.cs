namespace Mik.Server.Configuration;

/// <summary>The <c>[http]</c> section of <c>mik.toml</c>: how much patience clients and their connections get. Read at the start.</summary>
public sealed record HttpConfig
{
    /// <summary>Connections at a time; more are closed at once. 10,000: some tens of kilobytes each while they are idle.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Requests at a time on one HTTP/2 connection. 100: what the specification recommends as the least.</summary>
    public int MaxStreamsPerConnection { get; init; } = 100;

    /// <summary>Seconds in which a request's headers must have arrived. Thirty: a slow line needs some of them, an attacker wants all.</summary>
    public int HeaderTimeoutSecs { get; init; } = 30;

    /// <summary>Seconds that a connection stays open between requests. 130: longer than the pools of common clients and front ends.</summary>
    public int KeepAliveSecs { get; init; } = 130;

    /// <summary>
    /// Bytes per second that a client must send of its body and take of its answer, after five seconds' grace; 0 asks for nothing. 240: a modem does
    /// better, and no slower client is worth the handler it keeps.
    /// </summary>
    public int MinBytesPerSec { get; init; } = 240;
}
