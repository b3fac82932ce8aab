using Microsoft.Extensions.Logging;
using Mik.Scripting;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Configuration;
using Mik.Server.Endpoints;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Mik.Server.Responses;
using Mik.Server.Tracing;
using Mik.Server.StaticFiles;
using Mik.Wasi;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;
using Mik.Wasm.Runtime;

namespace Mik.Server.Hosting;

/// <summary>A running server: reads what the project has, serves it, and stops without dropping anybody.</summary>
public sealed class MikServer : IAsyncDisposable
{
    // Blocked scripts of the older dialect hold a thread each while the handler they call needs another.
    private const int ThreadsPerRequest = 2;

    private static readonly TimeSpan ThreadIdleTime = TimeSpan.FromSeconds(30);

    private readonly MikConfig _config;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ServerMetrics _metrics = new();
    private readonly MetricCollector _collector;
    private TraceExport? _traces;
    private readonly AdmissionGate _admission;
    private readonly GuestThreads _threads;
    private readonly OutgoingHttpClient _outgoing;
    private readonly WebServer _web;
    private readonly Lock _stopping = new();
    private CatalogBuilder? _handlerFiles;
    private volatile HandlerCatalog _catalog = new([]);
    private volatile bool _isLoaded;
    private Task? _stopped; // guarded by _stopping

    private MikServer(MikConfig config, MikServerOptions options)
    {
        _config = config;
        _time = options.TimeProvider;
        _log = options.LoggerFactory.CreateLogger(LogCategories.Server);
        _collector = new MetricCollector(_metrics, MetricCatalog.All);
        _admission = new AdmissionGate(config.Server.MaxConcurrentRequests, MaxBodyBytes);
        _threads = new GuestThreads(ThreadsPerRequest * config.Server.MaxConcurrentRequests, ThreadIdleTime, TimeProvider.System);
        _outgoing = new OutgoingHttpClient(new OutgoingPolicy(config.Server.HttpAllowed), _time);
        _web = new WebServer(config.Server, _time, options.LoggerFactory);
    }

    /// <summary>Where clients reach the server, such as <c>http://127.0.0.1:3000</c>.</summary>
    public string Url => _web.Url;

    /// <summary>Handlers and scripts that could not be loaded, each with the reason. They answer 500 until they are repaired.</summary>
    public IReadOnlyList<string> Broken { get; private set; } = [];

    /// <summary>Names of the handlers that are served.</summary>
    public IReadOnlyList<string> Handlers { get; private set; } = [];

    /// <summary>Names of the scripts that are served.</summary>
    public IReadOnlyList<string> Scripts { get; private set; } = [];

    private long MaxBodyBytes => (long)_config.Server.MaxBodySizeMb << 20;

    /// <summary>Loads everything the project has, and listens.</summary>
    /// <exception cref="MikStartException">The project or the address does not allow it.</exception>
    public static async Task<MikServer> StartAsync(MikConfig config, MikServerOptions options, CancellationToken cancellation)
    {
        var server = new MikServer(config, options);
        try
        {
            await Task.Run(() => server.StartCoreAsync(options, cancellation), cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Loads everything the project has, as <see cref="StartAsync"/> does, and goes no further.</summary>
    /// <exception cref="MikStartException">The project does not allow it.</exception>
    public static async Task<ProjectCheck> CheckAsync(MikConfig config, MikServerOptions options, CancellationToken cancellation)
    {
        await using var server = new MikServer(config, options);
        await Task.Run(() => server.LoadAsync(options, cancellation), cancellation);
        return new ProjectCheck(server.Handlers, server.Scripts, server.Broken);
    }

    /// <summary>
    /// Looks at the handlers' files and loads those that are new or changed. Requests in flight go on with what they began with. One
    /// call at a time.
    /// </summary>
    public async Task ReloadHandlersAsync(CancellationToken cancellation)
    {
        var former = _catalog;
        var current = await Task.Run(() => _handlerFiles!.Build(former, cancellation), cancellation);
        _catalog = current;
        Handlers = [.. current.Handlers.Select(handler => handler.Name)];
        foreach (var handler in current.Handlers)
        {
            if (handler.Program is not null && !former.Handlers.Contains(handler))
            {
                ServerLog.HandlerReloaded(_log, handler.Name);
            }
        }
    }

    /// <summary>
    /// Takes no more requests for guests, waits for those in flight as long as the configuration says, and closes. Probes see
    /// <c>/health/ready</c> fail meanwhile.
    /// </summary>
    /// <param name="cutOff">Ends the waiting early.</param>
    public Task StopAsync(CancellationToken cutOff)
    {
        lock (_stopping)
        {
            return _stopped ??= StopCoreAsync(cutOff);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        await _web.DisposeAsync();
        _threads.Dispose();
        _outgoing.Dispose();
        _traces?.Dispose();
        _collector.Dispose();
        _metrics.Dispose();
    }

    private async Task StartCoreAsync(MikServerOptions options, CancellationToken cancellation)
    {
        // 1. Load handlers, then scripts. What cannot be loaded is kept as such; what is ambiguous stops the start.
        var scripts = await LoadAsync(options, cancellation);

        // 2. Put the request path together, innermost first.
        var timeout = TimeSpan.FromSeconds(_config.Server.ExecutionTimeoutSecs);
        var invoker = new HandlerInvoker(_threads, timeout, _metrics, _time, _log);
        var console = new ScriptConsole(options.LoggerFactory.CreateLogger(LogCategories.Scripts));
        var runner = new ScriptRunner(_threads, scripts, console, ScriptRunner.LimitsOf(_config.Server));
        var limits = new RequestLimits(MaxBodyBytes);
        var pipeline = new RequestPipeline(
            _admission,
            invoker,
            runner,
            FilesOf(options),
            new BuiltInEndpoints(_admission, scripts, _collector, _threads, _time, options.Development),
            new ResponseWriter(new ProblemWriter(options.Development), _config.Server.Compression ? new ResponseCompression() : null),
            limits,
            _metrics,
            options.LoggerFactory.CreateLogger(LogCategories.Requests));

        _metrics.Observe(() => _catalog, scripts, _admission, _threads);

        _traces = TraceExport.Start(_config.Tracing, _time, _log);

        // 3. Listen.
        await _web.StartAsync(new HttpApplication(pipeline, () => _catalog, limits, _time), cancellation);
        ServerLog.Listening(_log, Url);
        ServerLog.Serving(_log, Handlers.Count, Scripts.Count, Broken.Count);
        if (options.CodeCache is { } cache)
        {
            ServerLog.CodeLoaded(_log, cache.Found, cache.Missed);
        }
    }

    private FileResponder FilesOf(MikServerOptions options) =>
        new(_config.StaticDirectory, options.Development ? TimeSpan.Zero : TimeSpan.FromSeconds(_config.Server.StaticCacheSecs));

    private async Task<ScriptCatalog> LoadAsync(MikServerOptions options, CancellationToken cancellation)
    {
        var engine = new Engine(new EngineOptions { Cache = options.CodeCache });
        var guestLog = options.LoggerFactory.CreateLogger(LogCategories.Handlers);
        var supplies = GuestSupplies.From(_config, _outgoing, _threads, _time, guestLog);
        var states = new HandlerStates(_config, _time);
        _handlerFiles = new CatalogBuilder(_config, states, options.LoadHandler ?? HandlerLoader(engine, supplies, options.Development), _log);
        var scripts = new ScriptCatalog(_config.ScriptsDirectory, options.LoadScript ?? ScriptLoader(engine), _time, _log);
        if (scripts.Conflicts() is { Count: > 0 } conflicts)
        {
            throw new MikStartException(string.Join('\n', conflicts));
        }

        // Side by side: the script engine takes about as long to compile as a handful of handlers.
        var handlers = Task.Run(() => _handlerFiles.Build(cancellation), cancellation);
        var loaded = await _threads.RunAsync(scripts.All);
        _catalog = await handlers;
        _isLoaded = true;
        Report(_catalog, loaded);
        return scripts;
    }

    /// <summary>Makes handlers' programs of components; the linker is made when the first one is loaded.</summary>
    internal static Func<ReadOnlyMemory<byte>, string, IHandlerProgram> HandlerLoader(Engine engine, GuestSupplies supplies)
    {
        var linker = new Lazy<Components.Linking.ComponentLinker>(WasiHost.CreateLinker);
        return (binary, name) => new WasiHandler(HttpHandler.Load(engine, linker.Value, binary, name), supplies);
    }

    // A handler that is being written is built many times a day: the code of each version but the first can be unloaded, and is not kept for another start.
    private Func<ReadOnlyMemory<byte>, string, IHandlerProgram> HandlerLoader(Engine engine, GuestSupplies supplies, bool development)
    {
        var first = HandlerLoader(engine, supplies);
        var again = HandlerLoader(development ? new Engine(engine.Options with { Cache = null, Unloadable = true }) : engine, supplies);
        return (binary, name) => (_isLoaded ? again : first)(binary, name);
    }

    private Func<string, IScriptProgram> ScriptLoader(Engine engine)
    {
        // Made when the first script is loaded: a project without scripts does not pay for the script engine.
        var host = new Lazy<ScriptHost>(() => new ScriptHost(engine, new ScriptHostOptions { TimeProvider = _time, Threads = _threads }));
        return file => new HostedScript(host.Value.Load(file, _config.ScriptsDirectory));
    }

    private void Report(HandlerCatalog catalog, IReadOnlyList<ScriptEntry> scripts)
    {
        Handlers = [.. catalog.Handlers.Select(handler => handler.Name)];
        Scripts = [.. scripts.Select(script => script.Name)];
        Broken =
        [
            .. catalog.Handlers.Where(handler => handler.Program is null).Select(handler => $"handler {handler.Name}: {handler.LoadFailure}"),
            .. scripts.Where(script => script.Program is null).Select(script => $"script {script.Name}: {ScriptFaults.Describe(script.Failure!)}"),
        ];
    }

    private async Task StopCoreAsync(CancellationToken cutOff)
    {
        // 1. Refuse new work, but go on answering, so that probes and clients learn of it.
        var patience = TimeSpan.FromSeconds(_config.Server.ShutdownTimeoutSecs);
        using var timeUp = new CancellationTokenSource(patience, _time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, cutOff);
        var drained = _admission.Drain();
        if (!drained.IsCompleted)
        {
            ServerLog.Draining(_log, _config.Server.ShutdownTimeoutSecs, _admission.InFlight);
        }

        // 2. Wait for what is in flight.
        if (await Task.WhenAny(drained, Task.Delay(Timeout.InfiniteTimeSpan, _time, giveUp.Token)) != drained && _admission.InFlight > 0)
        {
            ServerLog.DrainTimedOut(_log, _admission.InFlight);
            await giveUp.CancelAsync();
        }

        // 3. Close. Connections without a request go at once; the token cuts the others off.
        await _web.StopAsync(giveUp.Token);
        ServerLog.Stopped(_log);
    }
}
