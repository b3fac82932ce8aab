using System.Collections.Concurrent;
using Mik.Server.Admission;
using Mik.Server.Configuration;

namespace Mik.Server.Catalog;

/// <summary>The living part of every handler, kept while catalogs and configurations come and go. Thread-safe.</summary>
internal sealed class HandlerStates(MikConfig config, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, HandlerState> _states = new(StringComparer.Ordinal);
    private volatile MikConfig _config = config;

    /// <summary>The one state of the handler of that name. Ask only for names that exist: every name asked for is kept.</summary>
    public HandlerState Of(string name) => _states.GetOrAdd(name, static (name, self) => self.Create(name), this);

    /// <summary>A fresh state for a handler that has become another program: what the former did wrong is not its fault.</summary>
    public HandlerState Renew(string name) => _states[name] = Create(name);

    /// <summary>Fits limits and rules to another configuration; who is inside, and what was counted, stays.</summary>
    public void Configure(MikConfig config)
    {
        _config = config;
        foreach (var state in _states.Values)
        {
            state.Concurrency.Max = config.Server.MaxPerModuleRequests;
            state.Breaker.Follow(RuleOf(config));
        }
    }

    private HandlerState Create(string name)
    {
        var config = _config;
        return new HandlerState(name, new ConcurrencyLimit(config.Server.MaxPerModuleRequests), new CircuitBreaker(RuleOf(config), time));
    }

    private static CircuitBreakerRule RuleOf(MikConfig config) =>
        new(config.Breaker.Failures, TimeSpan.FromSeconds(config.Breaker.OpenSecs), config.Breaker.HalfOpenProbes);
}
