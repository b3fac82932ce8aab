namespace Mik.Server.Configuration;

/// <summary>The <c>[tenants.limits]</c> section of <c>mik.toml</c>: what one tenant may take, all its handlers and scripts together.</summary>
public sealed record TenantLimitsConfig
{
    /// <summary>
    /// Handlers and scripts of one tenant that run at once; a call of a script counts like a request. Fifty: a twentieth of the server,
    /// enough for a tenant that is used, and twenty hostile ones are needed to fill it.
    /// </summary>
    public int Concurrency { get; init; } = 50;

    /// <summary>
    /// Milliseconds of processor time in each second. A thousand, one processor's: no tenant slows down the others on a machine that
    /// has more than one, and whoever is alone on it is not slowed down at all.
    /// </summary>
    public int CpuMsPerSec { get; init; } = 1000;

    /// <summary>
    /// MiB of linear memory in use at once, counted in full however little of it is touched. 1024: eight handlers at their default limit, or
    /// as many small ones and scripts as may run at once.
    /// </summary>
    public int MemoryMb { get; init; } = 1024;
}
