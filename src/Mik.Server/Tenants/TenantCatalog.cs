using System.Collections.Concurrent;
using Mik.Server.Routing;

namespace Mik.Server.Tenants;

/// <summary>
/// The tenants there are. None is read at the start: one is looked for when it is first asked for, and forgotten when it has been idle, so
/// that memory follows those who are in use and not those who exist. Names nobody has leave nothing behind. Thread-safe.
/// </summary>
internal sealed class TenantCatalog : IDisposable
{
    // Looking at ten thousand tenants takes about a millisecond.
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(5);

    private readonly TenantEnvironment _environment;
    private readonly TimeSpan _idle;
    private readonly ITimer _sweeper;
    private readonly ConcurrentDictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);

    /// <summary>Reads nothing yet.</summary>
    public TenantCatalog(TenantEnvironment environment)
    {
        _environment = environment;
        _idle = TimeSpan.FromSeconds(environment.Config.Tenants.IdleSecs);

        // What is let go has been idle for hardly longer than configured.
        var interval = _idle / 4 < LongestInterval ? _idle / 4 : LongestInterval;
        _sweeper = environment.Time.CreateTimer(static catalog => ((TenantCatalog)catalog!).LetGoIdle(), this, interval, interval);
    }

    /// <summary>Whether a configuration has tenants at all.</summary>
    public static bool IsConfigured(Configuration.MikConfig config) => config.Server.UserModules is not null || config.Server.UserScripts is not null;

    /// <summary>Those that are in use or were a while ago, by name.</summary>
    public IReadOnlyList<Tenant> Known => [.. _tenants.Values.OrderBy(static tenant => tenant.Name, StringComparer.Ordinal)];

    /// <summary>The tenant of exactly that name; <see langword="null"/> when there is none.</summary>
    public Tenant? Find(string name)
    {
        if (_tenants.TryGetValue(name, out var known))
        {
            known.Touch();
            return known;
        }

        return EntryName.Problem(name) is null && (_environment.ModulesOf(name) ?? _environment.ScriptsOf(name)) is not null
            ? _tenants.GetOrAdd(name, static (name, environment) => new Tenant(name, environment), _environment)
            : null;
    }

    /// <summary>Lets go of everything that has been idle for as long as the configuration says.</summary>
    public void LetGoIdle()
    {
        var gone = 0;
        foreach (var (name, tenant) in _tenants)
        {
            gone += tenant.LetGoIdle(_idle);
            if (tenant.IsIdle(_idle) && _tenants.TryRemove(name, out _))
            {
                tenant.Dispose();
            }
        }

        if (gone > 0)
        {
            _environment.CodeLetGo();
        }
    }

    public void Dispose()
    {
        _sweeper.Dispose();
        foreach (var tenant in _tenants.Values)
        {
            tenant.Dispose();
        }
    }
}
