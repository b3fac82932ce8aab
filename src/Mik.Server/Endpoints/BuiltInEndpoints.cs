using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Server.Pipeline;
using Mik.Wasi.Http;

namespace Mik.Server.Endpoints;

/// <summary>Answers for the server itself: how it is, and what it serves.</summary>
/// <param name="admission">Knows whether the server is shutting down.</param>
/// <param name="scripts">The scripts.</param>
/// <param name="metrics">The numbers.</param>
/// <param name="threads">Where scripts are looked at, for that may load them.</param>
/// <param name="time">The clock.</param>
/// <param name="development">Whether clients may see why something cannot be loaded.</param>
internal sealed class BuiltInEndpoints(
    AdmissionGate admission, ScriptCatalog scripts, MetricCollector metrics, GuestThreads threads, TimeProvider time, bool development)
{
    private static readonly HttpField[] Headers = [new("content-type", "application/json"), new("cache-control", "no-store")];

    private static readonly HttpField[] MetricsHeaders = [new("content-type", PrometheusText.ContentType), new("cache-control", "no-store")];

    /// <summary>How the server is, whatever it serves.</summary>
    public ServerHealth Health { get; init; } = new(time.GetTimestamp());

    /// <summary>The endpoint's answer.</summary>
    public async Task<Outcome> AnswerAsync(BuiltInEndpoint endpoint, Exchange exchange)
    {
        var json = EndpointJson.Default;
        var draining = admission.IsDraining;
        return endpoint switch
        {
            BuiltInEndpoint.HealthLive => Json(StatusCodes.Status200OK, new StatusReport("live"), json.StatusReport),
            BuiltInEndpoint.HealthReady when draining =>
                Json(StatusCodes.Status503ServiceUnavailable, new StatusReport("draining"), json.StatusReport),
            BuiltInEndpoint.HealthReady => Json(StatusCodes.Status200OK, new StatusReport("ready"), json.StatusReport),
            BuiltInEndpoint.Health => Json(StatusCodes.Status200OK, Report(exchange.Catalog, draining), json.HealthReport),
            BuiltInEndpoint.Metrics => new CompleteOutcome(StatusCodes.Status200OK, MetricsHeaders, metrics.Expose()),
            BuiltInEndpoint.Handlers => Json(StatusCodes.Status200OK, Handlers(exchange.Catalog), json.HandlerList),
            BuiltInEndpoint.Scripts => Json(StatusCodes.Status200OK, await ScriptsAsync(), json.ScriptList),
            _ => throw new ArgumentOutOfRangeException(nameof(endpoint), endpoint, null),
        };
    }

    private static CompleteOutcome Json<T>(int status, T report, JsonTypeInfo<T> type) =>
        new(status, Headers, JsonSerializer.SerializeToUtf8Bytes(report, type));

    private HealthReport Report(HandlerCatalog catalog, bool draining) => new()
    {
        Status = draining ? "draining" : "ready",
        Timestamp = time.GetUtcNow(),
        UptimeSeconds = (long)time.GetElapsedTime(Health.StartedAt).TotalSeconds,
        InFlight = admission.InFlight,
        Handlers = catalog.Handlers.Count,
        BrokenHandlers = catalog.Handlers.Count(handler => handler.Program is null),
        StaleHandlers = catalog.Handlers.Count(handler => handler.ReloadFailure is not null),
        Configuration = Health.RefusedConfiguration is null ? "current" : "refused",
        SuspendedHandlers = catalog.Handlers.Count(handler => handler.State.Breaker.State == CircuitState.Open),
        MemoryBytes = Environment.WorkingSet,
    };

    private HandlerList Handlers(HandlerCatalog catalog) => new([.. catalog.Handlers.Select(handler => new HandlerReport
    {
        Name = handler.Name,
        Path = $"/run/{Uri.EscapeDataString(handler.Name)}/",
        Status = handler switch { { Program: null } => "broken", { ReloadFailure: not null } => "stale", _ => "ready" },
        Error = development ? handler.LoadFailure ?? handler.ReloadFailure : null,
        Circuit = handler.State.Breaker.State switch
        {
            CircuitState.Open => "open",
            CircuitState.HalfOpen => "half-open",
            _ => "closed",
        },
        InFlight = handler.State.Concurrency.Inside,
    })]);

    private async Task<ScriptList> ScriptsAsync()
    {
        var entries = await threads.RunAsync(scripts.All);
        return new ScriptList([.. entries.Select(script => new ScriptReport
        {
            Name = script.Name,
            Path = $"/script/{Uri.EscapeDataString(script.Name)}",
            File = scripts.DisplayPath(script),
            Status = script.Program is null ? "broken" : "ready",
            Error = development && script.Failure is { } failure ? ScriptFaults.Describe(failure) : null,
        })]);
    }
}
