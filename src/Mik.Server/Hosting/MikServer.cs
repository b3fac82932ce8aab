using Mik.Server.Configuration;
using Mik.Server.Configuration.Keys;
using Mik.Server.Execution;
using Mik.Server.Observability;

namespace Mik.Server.Hosting;

/// <summary>A running server: reads what the project has, serves it, takes up what changes, and stops without dropping anybody.</summary>
public sealed class MikServer : IAsyncDisposable
{
    private readonly ServerParts _parts;
    private readonly WebServer _web;
    private readonly Lock _stopping = new();
    private volatile ServedProject _project;
    private Task? _stopped; // guarded by _stopping

    private MikServer(ServedProject project, ServerParts parts)
    {
        (_project, _parts) = (project, parts);
        _web = new WebServer(project.Config.Server, project.Config.Http, parts.Options.Socket, parts.Time, parts.Options.LoggerFactory);
    }

    /// <summary>Where clients reach the server, such as <c>http://127.0.0.1:3000</c>.</summary>
    public string Url => _web.Url;

    /// <summary>What is served now, as it was configured.</summary>
    public MikConfig Config => _project.Config;

    /// <summary>Handlers and scripts that cannot be loaded, each with the reason. They answer 500 until they are repaired.</summary>
    public IReadOnlyList<string> Broken => BrokenIn(_project);

    /// <summary>Names of the handlers that are served.</summary>
    public IReadOnlyList<string> Handlers => HandlersIn(_project);

    /// <summary>Names of the scripts that were there when the project was loaded.</summary>
    public IReadOnlyList<string> Scripts => ScriptsIn(_project);

    /// <summary>Loads everything the project has, and listens.</summary>
    /// <exception cref="MikStartException">The project or the address does not allow it.</exception>
    public static async Task<MikServer> StartAsync(MikConfig config, MikServerOptions options, CancellationToken cancellation)
    {
        var parts = new ServerParts(config, options);
        MikServer? server = null;
        try
        {
            // 1. Load.
            var project = await Task.Run(() => ServedProject.LoadAsync(config, parts, former: null, cancellation), cancellation);
            parts.HasStarted();

            // 2. Listen.
            server = new MikServer(project, parts);
            server.Observe();
            parts.StartTracing(config.Tracing);
            await server._web.StartAsync(new HttpApplication(() => server._project, parts.Time), cancellation);
            ServerLog.Listening(parts.Log, server.Url);
            ServerLog.Serving(parts.Log, server.Handlers.Count, server.Scripts.Count, server.Broken.Count);
            if (options.CodeCache is { } cache)
            {
                ServerLog.CodeLoaded(parts.Log, cache.Found, cache.Missed);
            }

            return server;
        }
        catch
        {
            await (server?.DisposeAsync() ?? Dispose(parts));
            throw;
        }

        static ValueTask Dispose(ServerParts parts)
        {
            parts.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Loads everything the project has, as <see cref="StartAsync"/> does, and goes no further.</summary>
    /// <exception cref="MikStartException">The project does not allow it.</exception>
    public static async Task<ProjectCheck> CheckAsync(MikConfig config, MikServerOptions options, CancellationToken cancellation)
    {
        using var parts = new ServerParts(config, options);
        var project = await Task.Run(() => ServedProject.LoadAsync(config, parts, former: null, cancellation), cancellation);
        var tenants = await Task.Run(() => project.CheckTenants(cancellation), cancellation);
        var check = new ProjectCheck(
            [.. HandlersIn(project), .. tenants.Handlers], [.. ScriptsIn(project), .. tenants.Scripts], tenants.Tenants, [.. BrokenIn(project), .. tenants.Broken]);
        project.RetireFor(successor: null);
        return check;
    }

    /// <summary>
    /// Looks at the handlers' files and loads those that are new or changed. Requests in flight go on with what they began with. One
    /// reload at a time.
    /// </summary>
    public Task ReloadHandlersAsync(CancellationToken cancellation) => _project.ReloadHandlersAsync(cancellation);

    /// <summary>
    /// Serves the project as another configuration wants it, once all of it is loaded; what a running server cannot change stays, and the log
    /// says so. Requests in flight go on with what they began with. One reload at a time.
    /// </summary>
    /// <exception cref="MikStartException">The project does not allow it; everything stays as it was.</exception>
    public async Task ReloadAsync(MikConfig config, CancellationToken cancellation)
    {
        var former = _project;
        foreach (var key in ConfigKeys.All.Where(key => key.NeedsRestart && !Equals(key.Get(config), key.Get(former.Config))))
        {
            ServerLog.ConfigurationNeedsRestart(_parts.Log, key.FullName);
        }

        try
        {
            _project = await Task.Run(() => ServedProject.LoadAsync(config, _parts, former, cancellation), cancellation);
        }
        catch (MikStartException refused)
        {
            ReportRefusedConfiguration(refused.Message);
            throw;
        }

        _parts.Configure(config);
        former.RetireFor(_project);
        _parts.Health.RefusedConfiguration = null;
        ServerLog.ConfigurationReloaded(_parts.Log);
    }

    /// <summary>Lets the log and <c>/health</c> say that there is a configuration which is not served.</summary>
    public void ReportRefusedConfiguration(string reason)
    {
        _parts.Health.RefusedConfiguration = reason;
        ServerLog.ConfigurationRefused(_parts.Log, reason);
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
        _parts.Dispose();
        _project.RetireFor(successor: null);
    }

    private void Observe() => _parts.Metrics.Observe(
        () => _project.Catalog, () => _project.ScriptFiles, _parts.Admission, _parts.Threads, _parts.Options.CodeCache);

    private static string[] HandlersIn(ServedProject project) => [.. project.Catalog.Handlers.Select(static handler => handler.Name)];

    private static string[] ScriptsIn(ServedProject project) => [.. project.Scripts.Select(static script => script.Name)];

    private static string[] BrokenIn(ServedProject project) =>
    [
        .. project.Catalog.Handlers.Where(static handler => handler.Program is null).Select(static handler => $"handler {handler.Name}: {handler.LoadFailure}"),
        .. project.Scripts.Where(static script => script.Program is null).Select(static script => $"script {script.Name}: {ScriptFaults.Describe(script.Failure!)}"),
    ];

    private async Task StopCoreAsync(CancellationToken cutOff)
    {
        // 1. Refuse new work, but go on answering, so that probes and clients learn of it.
        var (admission, patience) = (_parts.Admission, Config.Server.ShutdownTimeoutSecs);
        using var timeUp = new CancellationTokenSource(TimeSpan.FromSeconds(patience), _parts.Time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, cutOff);
        var drained = admission.Drain();
        if (!drained.IsCompleted)
        {
            ServerLog.Draining(_parts.Log, patience, admission.InFlight);
        }

        // 2. Wait for what is in flight.
        if (await Task.WhenAny(drained, Task.Delay(Timeout.InfiniteTimeSpan, _parts.Time, giveUp.Token)) != drained && admission.InFlight > 0)
        {
            ServerLog.DrainTimedOut(_parts.Log, admission.InFlight);
            await giveUp.CancelAsync();
        }

        // 3. Close. Connections without a request go at once; the token cuts the others off.
        await _web.StopAsync(giveUp.Token);
        ServerLog.Stopped(_parts.Log);
    }
}
