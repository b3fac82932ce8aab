using Microsoft.Extensions.Logging;
using Mik.Scripting;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Configuration;
using Mik.Server.Endpoints;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Tracing;
using Mik.Wasm.Runtime;

namespace Mik.Server.Hosting;

/// <summary>What lives as long as the server, whatever its configuration becomes. Thread-safe.</summary>
internal sealed class ServerParts : IDisposable
{
    // Blocked scripts of the older dialect hold a thread each while the handler they call needs another.
    private const int ThreadsPerRequest = 2;

    private static readonly TimeSpan ThreadIdleTime = TimeSpan.FromSeconds(30);

    private readonly Engine _engine;
    private readonly Lazy<Engine> _unloadable;
    private readonly Lazy<ScriptHost> _scriptHost;
    private readonly QuietCollection _quietCollection = QuietCollection.OfProcess(TimeProvider.System);
    private TraceExport? _traces;
    private volatile bool _started;

    public ServerParts(MikConfig config, MikServerOptions options)
    {
        Options = options;
        _engine = new Engine(new EngineOptions { Cache = options.CodeCache });
        _unloadable = new Lazy<Engine>(() => new Engine(_engine.Options with { Cache = null, Unloadable = true }));
        MetricCollector = new MetricCollector(Metrics, MetricCatalog.All);
        Log = options.LoggerFactory.CreateLogger(LogCategories.Server);
        Admission = new AdmissionGate(config.Server.MaxConcurrentRequests, MaxBodyBytesOf(config));
        Threads = new GuestThreads(ThreadsPerRequest * config.Server.MaxConcurrentRequests, ThreadIdleTime, TimeProvider.System);
        Health = new ServerHealth(options.TimeProvider.GetTimestamp());
        States = new HandlerStates(config, options.TimeProvider);

        // Made when the first script is loaded: a project without scripts does not pay for the script engine.
        _scriptHost = new Lazy<ScriptHost>(() => new ScriptHost(_engine, new ScriptHostOptions { TimeProvider = Time, Threads = Threads }));
    }

    public MikServerOptions Options { get; }

    public TimeProvider Time => Options.TimeProvider;

    public ILogger Log { get; }

    public ServerMetrics Metrics { get; } = new();

    public MetricCollector MetricCollector { get; }

    public AdmissionGate Admission { get; }

    public GuestThreads Threads { get; }

    public HandlerStates States { get; }

    public ServerHealth Health { get; }

    public ScriptHost ScriptHost => _scriptHost.Value;

    /// <summary>
    /// Compiles handlers. What is loaded while the server runs comes and goes, and can be unloaded; what it starts with most likely stays, and
    /// its code is kept for the next start.
    /// </summary>
    public Engine Engine => _started ? _unloadable.Value : _engine;

    /// <summary>The largest request body that a configuration allows.</summary>
    public static long MaxBodyBytesOf(MikConfig config) => (long)config.Server.MaxBodySizeMb << 20;

    /// <summary>Sends spans, if they are to be sent somewhere.</summary>
    public void StartTracing(TracingConfig config) => _traces = TraceExport.Start(config, Time, Log);

    /// <summary>Code was let go that can be unloaded: its memory is given back soon, also when nobody asks for anything any more.</summary>
    public void ExpectUnloading() => _quietCollection.ExpectUnloading();

    /// <summary>From now on what is loaded may go again.</summary>
    public void HasStarted() => _started = true;

    /// <summary>Fits the limits to a configuration; whoever is inside stays.</summary>
    public void Configure(MikConfig config)
    {
        Admission.Configure(config.Server.MaxConcurrentRequests, MaxBodyBytesOf(config));
        Threads.MaxThreads = ThreadsPerRequest * config.Server.MaxConcurrentRequests;
        States.Configure(config);
    }

    public void Dispose()
    {
        _quietCollection.Dispose();
        Threads.Dispose();
        _traces?.Dispose();
        MetricCollector.Dispose();
        Metrics.Dispose();
    }
}
