namespace Mik.Server.Configuration;

/// <summary>The <c>[security]</c> section of <c>mik.toml</c>: headers that tell browsers to be careful. A handler's own value always goes first.</summary>
public sealed record SecurityConfig
{
    /// <summary>
    /// Whether answers get <c>X-Content-Type-Options: nosniff</c>, <c>X-Frame-Options: DENY</c>, <c>Referrer-Policy: no-referrer</c> and
    /// <c>Cross-Origin-Resource-Policy: same-origin</c>. Off: an interface for other programs has no use for them.
    /// </summary>
    public bool Headers { get; init; }

    /// <summary>Seconds for which browsers use nothing but HTTPS; 0 says nothing about it. For servers behind a front end with TLS.</summary>
    public int HstsSecs { get; init; }

    /// <summary>The value of <c>Content-Security-Policy</c>; nothing without it.</summary>
    public string? ContentSecurityPolicy { get; init; }
}
