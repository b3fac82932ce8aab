namespace Mik.Server.Configuration;

/// <summary>The <c>[tenants]</c> section of <c>mik.toml</c>: what holds for every tenant.</summary>
public sealed record TenantsConfig
{
    /// <summary>
    /// Platform handlers that tenants' scripts may call. None: what a handler may be asked by strangers is for its owner to say.
    /// </summary>
    public IReadOnlyList<string> Shared { get; init; } = [];

    /// <summary>
    /// Seconds after its last request until a handler or script is dropped from memory. Five minutes: somebody who works with it pays
    /// for loading once; what is called by the hour does not stay for the hour.
    /// </summary>
    public int IdleSecs { get; init; } = 300;

    /// <summary>The <c>[tenants.limits]</c> section.</summary>
    public TenantLimitsConfig Limits { get; init; } = new();
}
