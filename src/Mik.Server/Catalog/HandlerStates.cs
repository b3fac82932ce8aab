using System.Collections.Concurrent;
using Mik.Server.Admission;
using Mik.Server.Configuration;

namespace Mik.Server.Catalog;

/// <summary>The living part of every handler, kept while catalogs come and go. Thread-safe.</summary>
internal sealed class HandlerStates(MikConfig config, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, HandlerState> _states = new(StringComparer.Ordinal);

    /// <summary>The one state of the handler of that name. Ask only for names that exist: every name asked for is kept.</summary>
    public HandlerState Of(string name) => _states.GetOrAdd(name, static (name, self) => self.Create(name), this);

    /// <summary>A fresh state for a handler that has become another program: what the former did wrong is not its fault.</summary>
    public HandlerState Renew(string name) => _states[name] = Create(name);

    private HandlerState Create(string name)
    {
        var rule = new CircuitBreakerRule(
            config.Breaker.Failures, TimeSpan.FromSeconds(config.Breaker.OpenSecs), config.Breaker.HalfOpenProbes);
        return new HandlerState(name, new ConcurrencyLimit(config.Server.MaxPerModuleRequests), new CircuitBreaker(rule, time));
    }
}
