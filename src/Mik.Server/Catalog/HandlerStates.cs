using System.Collections.Concurrent;
using Mik.Server.Admission;
using Mik.Server.Configuration;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Tenants;

namespace Mik.Server.Catalog;

/// <summary>The living part of every handler, kept while catalogs and configurations come and go. Thread-safe.</summary>
internal sealed class HandlerStates(MikConfig config, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, HandlerState> _states = new(StringComparer.Ordinal);
    private volatile MikConfig _config = config;

    /// <summary>What stands before the names in logs, problems and headers: whose they are.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Who pays for what they take; <see langword="null"/> for the platform's own.</summary>
    public TenantAccount? Account { get; init; }

    /// <summary>Whether they are scripts.</summary>
    public bool AreScripts { get; init; }

    /// <summary>Every state that was asked for.</summary>
    public ICollection<HandlerState> All => _states.Values;

    /// <summary>A name as it stands in logs, problems and headers.</summary>
    public string NameOf(string name) => Prefix + LogText.Of(name);

    /// <summary>The one state of the handler of that name. Ask only for names that exist: every name asked for is kept.</summary>
    public HandlerState Of(string name) => _states.GetOrAdd(name, static (name, self) => self.Create(name), this);

    /// <summary>A fresh state for a handler that has become another program: what the former did wrong is not its fault.</summary>
    public HandlerState Renew(string name) => _states[name] = Create(name);

    /// <summary>The handler is gone.</summary>
    public void Forget(string name) => _states.TryRemove(name, out _);

    /// <summary>Fits limits and rules to another configuration; who is inside, and what was counted, stays.</summary>
    public void Configure(MikConfig config)
    {
        _config = config;
        foreach (var (name, state) in _states)
        {
            state.Settings = SettingsOf(config, name);
            state.Breaker.Follow(RuleOf(config));
        }
    }

    private HandlerState Create(string name)
    {
        var config = _config;
        return new HandlerState(Prefix.Length == 0 ? name : NameOf(name), SettingsOf(config, name), new CircuitBreaker(RuleOf(config), time))
        {
            Account = Account,
            IsScript = AreScripts,
            MetricName = Prefix.Length == 0 ? name : MetricCatalog.TenantsName,
        };
    }

    // Sections for single handlers speak of the platform's own.
    private HandlerSettings SettingsOf(MikConfig config, string name) => HandlerSettings.From(config, Prefix.Length == 0 ? name : null);

    private static CircuitBreakerRule RuleOf(MikConfig config) =>
        new(config.Breaker.Failures, TimeSpan.FromSeconds(config.Breaker.OpenSecs), config.Breaker.HalfOpenProbes);
}
