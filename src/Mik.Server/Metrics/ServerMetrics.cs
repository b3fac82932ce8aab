using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.InteropServices;
using Mik.Scripting;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Server.Faults;
using Mik.Server.Pipeline;
using Mik.Server.Routing;
using Mik.Wasm.Caching;

namespace Mik.Server.Metrics;

/// <summary>
/// The instruments of one server. Whoever knows something that is counted says it here; a measurement that nobody listens to costs
/// nothing. Thread-safe.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The meter's name, for tools that listen from outside.</summary>
    public const string MeterName = "Mik.Server";

    private const string Route = "route";
    private const string Name = "name";
    private const string Handler = "handler";
    private const string Script = "script";

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestDuration;
    private readonly Counter<long> _responseBytes;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _handlerRuns;
    private readonly Histogram<double> _handlerRunDuration;
    private readonly Counter<long> _breakerOpened;
    private readonly Counter<long> _scriptCalls;
    private readonly Histogram<double> _scriptCallDuration;
    private readonly Counter<double> _scriptCpu;
    private readonly Counter<long> _scriptInstances;

    /// <summary>Makes the instruments. Their meter's scope is this object, which tells servers of one process apart.</summary>
    public ServerMetrics()
    {
        _meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        _requests = Counter<long>(MetricCatalog.Requests);
        _requestDuration = Histogram(MetricCatalog.RequestDuration);
        _responseBytes = Counter<long>(MetricCatalog.ResponseBytes);
        _faults = Counter<long>(MetricCatalog.Faults);
        _handlerRuns = Counter<long>(MetricCatalog.HandlerRuns);
        _handlerRunDuration = Histogram(MetricCatalog.HandlerRunDuration);
        _breakerOpened = Counter<long>(MetricCatalog.BreakerOpened);
        _scriptCalls = Counter<long>(MetricCatalog.ScriptCalls);
        _scriptCallDuration = Histogram(MetricCatalog.ScriptCallDuration);
        _scriptCpu = Counter<double>(MetricCatalog.ScriptCpu);
        _scriptInstances = Counter<long>(MetricCatalog.ScriptInstances);
        Gauge(MetricCatalog.BuildVersion, static () => [new(1, Tag("version", Version), Tag("runtime", RuntimeInformation.FrameworkDescription))]);
        ProcessMetrics.AddTo(_meter);
    }

    private static string Version { get; } =
        typeof(ServerMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Adds what is looked at only when somebody asks.</summary>
    /// <param name="catalog">The handlers there are at that moment.</param>
    /// <param name="scripts">The scripts there are at that moment.</param>
    /// <param name="admission">Knows what is in flight.</param>
    /// <param name="threads">Where guests run.</param>
    /// <param name="cache">Keeps machine code; <see langword="null"/> when none is kept.</param>
    public void Observe(
        Func<HandlerCatalog> catalog, Func<ScriptCatalog> scripts, AdmissionGate admission, GuestThreads threads, CodeCache? cache)
    {
        var lookups = MetricCatalog.CodeCacheLookups;
        _meter.CreateObservableCounter(
            lookups.Instrument,
            () => cache is null
                ? Array.Empty<Measurement<long>>()
                : [new(cache.Found, Tag("result", "hit")), new(cache.Missed, Tag("result", "miss"))],
            lookups.Unit,
            lookups.Help);
        Gauge(MetricCatalog.CodeCacheSize, () => cache is null ? [] : [new(cache.Measure().Bytes)]);
        Gauge(MetricCatalog.RequestsInFlight, () => [new(admission.InFlight)]);
        Gauge(MetricCatalog.RequestsLimit, () => [new(admission.MaxRequests)]);
        Gauge(MetricCatalog.GuestThreads, () => [new(threads.Count)]);
        Gauge(MetricCatalog.GuestQueue, () => [new(threads.Queued)]);
        Gauge(MetricCatalog.HandlerRunsInFlight, () => OfEach(catalog(), static handler => handler.State.Concurrency.Inside));
        Gauge(MetricCatalog.HandlerRunsLimit, () => OfEach(catalog(), static handler => handler.State.Concurrency.Max));
        Gauge(MetricCatalog.BreakerState, () => OfEach(catalog(), static handler => handler.State.Breaker.State switch
        {
            CircuitState.Open => 1,
            CircuitState.HalfOpen => 2,
            _ => 0,
        }));
        Gauge(MetricCatalog.Handlers, () =>
        {
            var broken = catalog().Handlers.Count(static handler => handler.Program is null);
            return ByStatus(catalog().Handlers.Count - broken, broken);
        });
        Gauge(MetricCatalog.Scripts, () => ByStatus(scripts().Count(isReady: true), scripts().Count(isReady: false)));
    }

    /// <summary>An exchange is over.</summary>
    /// <param name="exchange">Which one.</param>
    /// <param name="isKnown">Whether what its path names exists.</param>
    /// <param name="fault">What went wrong, if anything did.</param>
    public void RequestEnded(Exchange exchange, bool isKnown, Fault? fault)
    {
        var (route, name) = RouteLabels.Of(exchange.Target, isKnown);
        var status = fault?.Kind == FaultKind.ClientGone ? "gone" : StatusClass(fault?.Rule.Status ?? exchange.Http.Response.StatusCode);
        _requests.Add(1, Tag(Route, route), Tag(Name, name), Tag("status", status));
        _requestDuration.Record(exchange.Duration.TotalSeconds, Tag(Route, route), Tag(Name, name));
        _responseBytes.Add(exchange.BytesSent, Tag(Route, route), Tag(Name, name));
        if (fault is not null)
        {
            _faults.Add(1, [Tag("fault", fault.Rule.Slug), Tag("blame", BlameOf(fault.Rule.Blame)), Tag(Route, route), Tag(Name, name)]);
        }
    }

    /// <summary>A handler was not run.</summary>
    public void HandlerRefused(string handler, bool isCall, Fault fault) =>
        _handlerRuns.Add(1, Tag(Handler, handler), Tag("caller", CallerOf(isCall)), Tag("outcome", fault.Rule.Slug));

    /// <summary>A handler's guest has left.</summary>
    public void HandlerLeft(string handler, bool isCall, Fault? fault, TimeSpan duration)
    {
        _handlerRuns.Add(1, Tag(Handler, handler), Tag("caller", CallerOf(isCall)), Tag("outcome", fault?.Rule.Slug ?? "answered"));
        _handlerRunDuration.Record(duration.TotalSeconds, Tag(Handler, handler));
    }

    /// <summary>A handler's breaker opened.</summary>
    public void CircuitOpened(string handler) => _breakerOpened.Add(1, Tag(Handler, handler));

    /// <summary>A script's call was answered.</summary>
    public void CallAnswered(string handler, int status, TimeSpan duration) => CallEnded(handler, StatusClass(status), duration);

    /// <summary>A script's call failed; <paramref name="handler"/> is null when there is none of the name it asked for.</summary>
    public void CallFailed(string? handler, string code, TimeSpan duration) =>
        CallEnded(handler ?? MetricCatalog.UnknownName, code, duration);

    /// <summary>A run of a script is over.</summary>
    public void ScriptRan(string script, ScriptUsage usage)
    {
        _scriptCpu.Add(usage.CpuTime.TotalSeconds, Tag(Script, script));
        _scriptInstances.Add(1, Tag(Script, script), Tag("origin", usage.IsWarm == true ? "pool" : "new"));
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>The class of a status, such as <c>2xx</c>.</summary>
    internal static string StatusClass(int status) => (status / 100) switch
    {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => MetricCatalog.OtherName,
    };

    private static string BlameOf(Blame blame) => blame switch
    {
        Blame.Client => "client",
        Blame.Handler => "handler",
        Blame.Script => "script",
        Blame.Deployment => "deployment",
        Blame.Capacity => "capacity",
        _ => "host",
    };

    private static string CallerOf(bool isCall) => isCall ? "script" : "client";

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static IEnumerable<Measurement<long>> OfEach(HandlerCatalog catalog, Func<HandlerEntry, long> value) =>
        catalog.Handlers.Select(handler => new Measurement<long>(value(handler), Tag(Handler, handler.Name)));

    private static Measurement<long>[] ByStatus(int ready, int broken) =>
        [new(ready, Tag("status", "ready")), new(broken, Tag("status", "broken"))];

    private void CallEnded(string handler, string result, TimeSpan duration)
    {
        _scriptCalls.Add(1, Tag(Handler, handler), Tag("result", result));
        _scriptCallDuration.Record(duration.TotalSeconds, Tag(Handler, handler));
    }

    private Counter<T> Counter<T>(MetricDefinition definition)
        where T : struct => _meter.CreateCounter<T>(definition.Instrument, definition.Unit, definition.Help);

    private Histogram<double> Histogram(MetricDefinition definition) => _meter.CreateHistogram(
        definition.Instrument,
        definition.Unit,
        definition.Help,
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = definition.Buckets });

    private void Gauge(MetricDefinition definition, Func<IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableGauge(definition.Instrument, observe, definition.Unit, definition.Help);
}
