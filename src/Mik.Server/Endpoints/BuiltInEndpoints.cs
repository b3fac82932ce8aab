using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Server.Pipeline;
using Mik.Server.Tenants;
using Mik.Wasi.Http;

namespace Mik.Server.Endpoints;

/// <summary>Answers for the server itself: how it is, and what it serves.</summary>
/// <param name="admission">Knows whether the server is shutting down.</param>
/// <param name="scripts">The scripts.</param>
/// <param name="tenants">The tenants, if there can be any. Only what is in memory of them is listed: nobody waits for thousands of directories.</param>
/// <param name="metrics">The numbers.</param>
/// <param name="threads">Where scripts are looked at, for that may load them.</param>
/// <param name="time">The clock.</param>
/// <param name="development">Whether clients may see why something cannot be loaded.</param>
internal sealed class BuiltInEndpoints(
    AdmissionGate admission,
    ScriptCatalog scripts,
    TenantCatalog? tenants,
    MetricCollector metrics,
    GuestThreads threads,
    TimeProvider time,
    bool development)
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
            BuiltInEndpoint.Tenants => Json(StatusCodes.Status200OK, Tenants(), json.TenantList),
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
        Scripts = scripts.Count(isReady: true) + scripts.Count(isReady: false),
        BrokenScripts = scripts.Count(isReady: false),
        Configuration = Health.RefusedConfiguration is null ? "current" : "refused",
        SuspendedHandlers = catalog.Handlers.Count(handler => handler.State.Breaker.State == CircuitState.Open),
        MemoryBytes = Environment.WorkingSet,
    };

    private HandlerList Handlers(HandlerCatalog catalog)
    {
        var platform = catalog.Handlers.Select(static handler => (Handler: handler, Status: handler switch
        {
            { Program: null } => "broken",
            { ReloadFailure: not null } => "stale",
            _ => "ready",
        }));
        var ofTenants = KnownTenants.SelectMany(tenant => tenant.Known.Select(known =>
            Report(known.Handler.Entry, known.Name, $"{PathOf(tenant)}/{Uri.EscapeDataString(known.Name)}/", known.Handler.Status, known.Handler.Failure) with
            {
                Tenant = tenant.Name,
            }));
        return new HandlerList(
        [
            .. platform.Select(known => Report(
                known.Handler, known.Handler.Name, $"/run/{Uri.EscapeDataString(known.Handler.Name)}/", known.Status, known.Handler.LoadFailure ?? known.Handler.ReloadFailure)),
            .. ofTenants,
        ]);
    }

    private HandlerReport Report(HandlerEntry handler, string name, string path, string status, string? failure) => new()
    {
        Name = name,
        Path = path,
        Status = status,
        Error = development ? failure : null,
        Circuit = handler.State.Breaker.State switch
        {
            CircuitState.Open => "open",
            CircuitState.HalfOpen => "half-open",
            _ => "closed",
        },
        InFlight = handler.State.Concurrency.Inside,
    };

    private async Task<ScriptList> ScriptsAsync()
    {
        var entries = await threads.RunAsync(scripts.All);
        var platform = entries.Select(script => Report(script, $"/script/{Uri.EscapeDataString(script.Name)}"));
        var ofTenants = KnownTenants.SelectMany(tenant => tenant.LoadedScripts.Select(script =>
            Report(script, $"{PathOf(tenant)}/script/{Uri.EscapeDataString(script.Name)}") with { Tenant = tenant.Name }));
        return new ScriptList([.. platform, .. ofTenants]);
    }

    private ScriptReport Report(ScriptEntry script, string path) => new()
    {
        Name = script.Name,
        Path = path,
        File = script.DisplayFile,
        Status = script switch
        {
            { Program: null } => "broken",
            { HeldUntil: not null } => "stale",
            _ => "ready",
        },
        Error = development && script.Failure is { } failure ? ScriptFaults.Describe(failure) : null,
    };

    private TenantList Tenants() => new([.. KnownTenants.Select(tenant => new TenantReport
    {
        Name = tenant.Name,
        LoadedHandlers = tenant.Known.Count(static known => known.Handler.IsLoaded),
        LoadedScripts = tenant.LoadedScripts.Count,
        InFlight = tenant.Account.InFlight,
        MemoryBytes = tenant.Account.MemoryBytes,
        CpuMsLeft = (long)tenant.Account.ProcessorBalance.TotalMilliseconds,
    })]);

    private IReadOnlyList<Tenant> KnownTenants => tenants?.Known ?? [];

    private static string PathOf(Tenant tenant) => $"/tenant/{Uri.EscapeDataString(tenant.Name)}";
}
