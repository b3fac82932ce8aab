using Microsoft.Extensions.Logging;
using Mik.Cli.Logging;
using Mik.Cli.Systemd;
using Mik.Server.Configuration;
using Mik.Server.Hosting;
using Mik.Wasm.Caching;

namespace Mik.Cli;

/// <summary>What commands that serve have in common: signals, a log, and how a server is started and stopped.</summary>
internal sealed class ServerSession : IDisposable
{
    private readonly ServerRequest _request;
    private readonly bool _development;
    private readonly CliOutput _output;
    private readonly ILoggerFactory _log;
    private readonly ServiceNotifier _manager = ServiceNotifier.OfProcess();
    private CodeCache? _cache;
    private BackgroundCompilation? _compilation;

    /// <summary>Listens to signals from now on.</summary>
    /// <param name="request">What is to be served.</param>
    /// <param name="development">Whether clients are the developers themselves.</param>
    /// <param name="output">Where commands write.</param>
    public ServerSession(ServerRequest request, bool development, CliOutput output)
    {
        _request = request;
        _development = development;
        _output = output;
        Signals = new StopSignals();
        _log = ConsoleLogging.Create(request.Format, request.Level, output);
    }

    public StopSignals Signals { get; }

    /// <summary>Starts a server and says what it serves.</summary>
    /// <returns>The server; <see langword="null"/> when it was told to stop before it had started.</returns>
    /// <exception cref="CliException">The project or the address does not allow it.</exception>
    public async Task<MikServer?> StartAsync(ConfigResult configured)
    {
        var config = configured.Config;
        Warn(configured.Warnings);

        KeepCode(config);
        try
        {
            var options = new MikServerOptions
            {
                LoggerFactory = _log,
                Development = _development,
                CodeCache = _cache,
                Socket = SocketActivation.Find(Environment.GetEnvironmentVariable, Environment.ProcessId),
            };
            var server = await MikServer.StartAsync(config, options, Signals.Requested);
            var hasTenants = config.UserModulesDirectory is not null || config.UserScriptsDirectory is not null;
            if (server.Handlers.Count == 0 && server.Scripts.Count == 0 && !hasTenants)
            {
                Warn($"there is nothing to serve: neither components in {config.ModulesDirectory} nor scripts in {config.ScriptsDirectory}");
            }

            StartupSummary.Write(config, server, _output);
            _manager.Ready($"Listening on {server.Url}");
            return server;
        }
        catch (MikStartException e)
        {
            throw new CliException(e.Message);
        }
        catch (OperationCanceledException) when (Signals.Requested.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Stops a server in order; a second signal does not even wait for that.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(MikServer server)
    {
        _manager.Stopping();
        var stopped = server.StopAsync(Signals.Insisted);
        if (await Task.WhenAny(stopped, Signals.InsistedAsync()) != stopped)
        {
            return ExitCodes.Failure;
        }

        await stopped;
        await server.DisposeAsync();
        return ExitCodes.Success;
    }

    /// <summary>Says what is odd about a configuration.</summary>
    public void Warn(IEnumerable<ConfigProblem> warnings)
    {
        foreach (var warning in warnings)
        {
            Warn(warning.ToString());
        }
    }

    /// <summary>Shows what is wrong with a configuration to whoever has just edited it; where nobody watches, the log says it.</summary>
    public void Complain(IEnumerable<ConfigProblem> problems)
    {
        if (_development)
        {
            ProjectConfiguration.Show(problems, _output);
        }
    }

    public void Dispose()
    {
        _compilation?.Dispose();
        _manager.Dispose();
        _log.Dispose();
        Signals.Dispose();
    }

    // Once for all servers of a session: code that was loaded stays in the process, and is used again.
    private void KeepCode(MikConfig config)
    {
        if (_cache is not null)
        {
            return;
        }

        _cache = UserCache.OpenCode(config, out var problem);
        if (_cache is not null)
        {
            _compilation = new BackgroundCompilation(_cache, TimeProvider.System);
        }
        else if (problem is not null)
        {
            StartupLog.CodeNotKept(_log.CreateLogger("Mik"), problem);
        }
    }

    private void Warn(string message)
    {
        if (ConsoleLogging.IsJson(_request.Format))
        {
            StartupLog.Warning(_log.CreateLogger("Mik"), message);
        }
        else
        {
            _output.WriteWarning(message);
        }
    }
}
