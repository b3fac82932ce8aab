using Mik.Components.Linking;
using Mik.Scripting.Execution;
using Mik.Server.Access;
using Mik.Server.Catalog;
using Mik.Server.Configuration;
using Mik.Server.Endpoints;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Mik.Server.Responses;
using Mik.Server.StaticFiles;
using Mik.Server.Tenants;
using Mik.Wasi;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;
using Mik.Wasm.Runtime;

namespace Mik.Server.Hosting;

/// <summary>
/// What one configuration makes of a project: all that a request needs and that another configuration replaces. Requests that began with
/// it end with it; it is gone when the last of them has left. Thread-safe.
/// </summary>
internal sealed class ServedProject
{
    // One for all handlers of the process: what is theirs alone comes with each run.
    private static readonly Lazy<ComponentLinker> Linker = new(WasiHost.CreateLinker);

    private readonly ServerParts _parts;
    private readonly CatalogBuilder _handlerFiles;
    private readonly ScriptCatalog _scripts;
    private readonly OutgoingHttpClient _outgoing;
    private readonly TenantEnvironment _environment;
    private readonly TenantCatalog? _tenants;
    private readonly Lazy<RequestPipeline> _pipeline;
    private volatile HandlerCatalog _catalog;
    private volatile bool _scriptsGoOn;
    private int _users = 1; // requests, and the server for as long as it is the current one

    private ServedProject(MikConfig config, ServerParts parts, ServedProject? former)
    {
        Config = config;
        _parts = parts;
        var handlersGoOn = former is not null && former.Config.ModulesDirectory == config.ModulesDirectory;
        _catalog = handlersGoOn ? former!._catalog : new HandlerCatalog([]);
        _outgoing = new OutgoingHttpClient(config.Server.OutgoingPolicy, parts.Time);
        var guestLog = parts.Options.LoggerFactory.CreateLogger(LogCategories.Handlers);
        var supplies = GuestSupplies.From(config, _outgoing, parts.Threads, parts.Time, guestLog);
        _handlerFiles = new CatalogBuilder(config, parts.States, parts.Options.LoadHandler ?? HandlerLoader(() => parts.Engine, supplies), parts.Log)
        {
            KeepsFormer = !parts.Options.Development,
            Adopt = program => program is WasiHandler handler ? handler.With(supplies) : program,
        };
        _scripts = former is not null && former.Config.ScriptsDirectory == config.ScriptsDirectory
            ? former._scripts
            : new ScriptCatalog(config.ScriptsDirectory, file => LoadScript(file, config.ScriptsDirectory, owner: null), parts.Time, parts.Log);
        _environment = new TenantEnvironment
        {
            Config = config,
            Time = parts.Time,
            Threads = parts.Threads,
            Metrics = parts.Metrics,
            Logger = parts.Log,
            Console = new ScriptConsole(parts.Options.LoggerFactory.CreateLogger(LogCategories.Scripts)),
            LoadHandler = parts.Options.LoadHandler ?? HandlerLoader(static () => new Engine(new EngineOptions { Unloadable = true }), supplies, MetricCatalog.TenantsName),
            LoadScript = LoadScript,
            Cpu = CpuClock.For(parts.Time),
            CodeLetGo = parts.ExpectUnloading,
        };

        // Tenants are looked for when they are asked for.
        _tenants = TenantCatalog.IsConfigured(config) ? new TenantCatalog(_environment) : null;
        Limits = new RequestLimits(ServerParts.MaxBodyBytesOf(config));
        _pipeline = new Lazy<RequestPipeline>(CreatePipeline);

        IScriptProgram LoadScript(string file, string root, IStoreOwner? owner) =>
            parts.Options.LoadScript?.Invoke(file) ?? new HostedScript(parts.ScriptHost.Load(file, root, owner));
    }

    public MikConfig Config { get; }

    public RequestPipeline Pipeline => _pipeline.Value;

    public RequestLimits Limits { get; }

    /// <summary>The handlers as they are now.</summary>
    public HandlerCatalog Catalog => _catalog;

    /// <summary>The scripts' files, as far as they have been looked at.</summary>
    public ScriptCatalog ScriptFiles => _scripts;

    /// <summary>The scripts as they were when the project was loaded.</summary>
    public IReadOnlyList<ScriptEntry> Scripts { get; private set; } = [];

    /// <summary>Loads everything a project has. What cannot be loaded is kept as such; what is ambiguous is refused.</summary>
    /// <param name="config">What the project asks for.</param>
    /// <param name="parts">What goes on, whatever the configuration.</param>
    /// <param name="former">What is served now; what has not changed is taken over.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="MikStartException">The project does not allow it.</exception>
    public static async Task<ServedProject> LoadAsync(
        MikConfig config, ServerParts parts, ServedProject? former, CancellationToken cancellation)
    {
        // Beside the project's first steps: every handler will wait for it.
        _ = Task.Run(static () => Linker.Value, cancellation);
        var project = new ServedProject(config, parts, former);
        Task<HandlerCatalog>? handlers = null;
        try
        {
            if (project._scripts.Conflicts() is { Count: > 0 } conflicts)
            {
                throw new MikStartException(string.Join('\n', conflicts));
            }

            // Side by side: the script engine takes about as long to compile as a handful of handlers.
            handlers = Task.Run(() => project._handlerFiles.Build(project._catalog, cancellation), cancellation);
            var scripts = parts.Threads.RunAsync(project._scripts.All);
            await Task.WhenAll(handlers, scripts, Task.Run(() => project.Pipeline, cancellation));
            project.Scripts = await scripts;
            project._catalog = await handlers;

            // Tenants' handlers, whose names have a slash, are not looked at before they are called.
            foreach (var handler in config.Handlers.Keys.Where(name => !name.Contains('/', StringComparison.Ordinal) && !project._catalog.TryFind(name, out _)))
            {
                ServerLog.GrantsUnused(parts.Log, LogText.Of(handler));
            }

            return project;
        }
        catch
        {
            if (handlers is { IsCompletedSuccessfully: true })
            {
                project._catalog = await handlers;
            }

            project.RetireFor(former);
            throw;
        }
    }

    /// <summary>Loads the handlers that are new or changed. Requests in flight go on with what they began with. One call at a time.</summary>
    public async Task ReloadHandlersAsync(CancellationToken cancellation)
    {
        var former = _catalog;
        var current = await Task.Run(() => _handlerFiles.Build(former, cancellation), cancellation);
        _catalog = current;
        foreach (var handler in current.Handlers)
        {
            var isKnown = former.TryFind(handler.Name, out var before) && before.Source == handler.Source;
            if (!isKnown && handler is { Program: not null, ReloadFailure: null })
            {
                ServerLog.HandlerReloaded(_parts.Log, handler.Name);
            }
        }

        LetGo(former, current);
        foreach (var gone in former.Handlers.Where(handler => !current.TryFind(handler.Name, out _)))
        {
            ServerLog.HandlerGone(_parts.Log, gone.Name);
        }
    }

    /// <summary>Loads everything that tenants have, as a request would, and keeps nothing of it.</summary>
    public TenantFindings CheckTenants(CancellationToken cancellation) => new TenantCheck(_environment).Run(_catalog, cancellation);

    /// <summary>Begins to use it, unless the last user has just left: then there is another one by now.</summary>
    public bool TryEnter()
    {
        for (var users = Volatile.Read(ref _users); users > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>Ends one use.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _outgoing.Dispose();
            _tenants?.Dispose();
            if (!_scriptsGoOn)
            {
                _scripts.Clear();
            }
        }
    }

    /// <summary>No request begins with it any more.</summary>
    /// <param name="successor">What took its place, if anything did.</param>
    public void RetireFor(ServedProject? successor)
    {
        _scriptsGoOn = successor is not null && successor._scripts == _scripts;
        LetGo(_catalog, successor?.Config.ModulesDirectory == Config.ModulesDirectory ? successor._catalog : new HandlerCatalog([]));
        Leave();
    }

    // Idle instances hold the code of what is not served any more. A program goes on where its file is the same, or could not be replaced.
    private void LetGo(HandlerCatalog former, HandlerCatalog current)
    {
        var isAnythingGone = false;
        foreach (var handler in former.Handlers)
        {
            if (!current.TryFind(handler.Name, out var now) || (now.Source != handler.Source && now.ReloadFailure is null))
            {
                handler.Program?.Dispose();
                isAnythingGone = true;
            }
        }

        if (isAnythingGone)
        {
            _parts.ExpectUnloading();
        }
    }

    /// <summary>Makes handlers' programs of components.</summary>
    internal static Func<ReadOnlyMemory<byte>, string, IHandlerProgram> HandlerLoader(Func<Engine> engine, GuestSupplies supplies, string? metricName = null) =>
        (binary, name) => new WasiHandler(HttpHandler.Load(engine(), Linker.Value, binary, name, metricName), supplies);

    private AccessGate CreateAccess()
    {
        try
        {
            return new AccessGate(Config, _parts.Time, _parts.Options.LoggerFactory);
        }
        catch (Exception useless) when (useless is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new MikStartException($"the keys for tokens cannot be used: {useless.Message}", useless);
        }
    }

    private RequestPipeline CreatePipeline()
    {
        var (server, options) = (Config.Server, _parts.Options);
        var invoker = new HandlerInvoker(_parts.Threads, _parts.Metrics, _parts.Time, _parts.Log);
        return new RequestPipeline(
            CreateAccess(),
            _parts.Admission,
            invoker,
            new ScriptRunner(_parts.Threads, _scripts, _environment.Console, ScriptRunner.LimitsOf(server)),
            _tenants,
            new FileResponder(Config.StaticDirectory, options.Development ? TimeSpan.Zero : TimeSpan.FromSeconds(server.StaticCacheSecs)),
            new BuiltInEndpoints(_parts.Admission, _scripts, _tenants, _parts.MetricCollector, _parts.Threads, _parts.Time, options.Development) { Health = _parts.Health },
            new ResponseWriter(new ProblemWriter(options.Development), server.Compression ? new ResponseCompression() : null),
            Limits,
            _parts.Metrics,
            new AccessLog(options.LoggerFactory.CreateLogger(LogCategories.Requests)));
    }
}
