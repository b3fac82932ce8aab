using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Mik.Scripting;
using Mik.Server.Access;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Configuration;
using Mik.Server.Endpoints;
using Mik.Server.Execution;
using Mik.Server.Hosting;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Mik.Server.Responses;
using Mik.Server.StaticFiles;
using Mik.Wasi.Http.Outgoing;
using Mik.Wasm.Runtime;

namespace Mik.Benchmarks.Requests;

/// <summary>
/// The server's request path as <c>mik run</c> puts it together, from the pipeline inward, without a web server around it: requests
/// arrive as objects and answers go nowhere. Logs nothing. Thread-safe.
/// </summary>
internal sealed class InProcessServer : IDisposable
{
    private static readonly byte[] Body = """{"sku":"tea"}"""u8.ToArray();

    private readonly MikConfig _config;
    private readonly ServerMetrics _metrics = new();
    private readonly MetricCollector _collector;
    private readonly OutgoingHttpClient _outgoing = new(new OutgoingPolicy([]), TimeProvider.System);
    private readonly ScriptRunner _scripts;
    private readonly HandlerCatalog _catalog;
    private readonly RequestPipeline _pipeline;
    private readonly RequestLimits _limits;
    private readonly ConcurrentStack<InProcessConnection> _connections = new(); // idle ones
    private readonly IScriptConsole _console = new ScriptConsole(NullLogger.Instance);

    /// <summary>Loads the handlers of the benchmarks' project.</summary>
    /// <param name="loadScript">Makes a program of a script's file; the product's script engine unless said otherwise.</param>
    public InProcessServer(Func<string, IScriptProgram>? loadScript = null)
    {
        _config = new MikConfig { Directory = ProjectDirectory };
        var (time, log) = (TimeProvider.System, NullLogger.Instance);
        var engine = new Engine();
        Threads = new GuestThreads(2 * _config.Server.MaxConcurrentRequests, TimeSpan.FromSeconds(30), time);
        var supplies = GuestSupplies.From(_config, _outgoing, Threads, time, log);
        var builder = new CatalogBuilder(_config, new HandlerStates(_config, time), ServedProject.HandlerLoader(() => engine, supplies), log);
        var host = new ScriptHost(engine, new ScriptHostOptions { Threads = Threads });
        var scripts = new ScriptCatalog(
            _config.ScriptsDirectory, loadScript ?? (file => new HostedScript(host.Load(file, _config.ScriptsDirectory))), time, log);
        var admission = new AdmissionGate(_config.Server.MaxConcurrentRequests, (long)_config.Server.MaxBodySizeMb << 20);

        _collector = new MetricCollector(_metrics, MetricCatalog.All);
        _catalog = builder.Build(CancellationToken.None);
        _limits = new RequestLimits((long)_config.Server.MaxBodySizeMb << 20);
        _scripts = new ScriptRunner(Threads, scripts, _console, ScriptRunner.LimitsOf(_config.Server));
        _pipeline = new RequestPipeline(
            new AccessGate(_config, time, NullLoggerFactory.Instance),
            admission,
            new HandlerInvoker(Threads, _metrics, time, log),
            _scripts,
            tenants: null,
            new FileResponder(_config.StaticDirectory, TimeSpan.Zero),
            new BuiltInEndpoints(admission, scripts, tenants: null, _collector, Threads, time, development: false),
            new ResponseWriter(new ProblemWriter(development: false)),
            _limits,
            _metrics,
            new AccessLog(log));
    }

    /// <summary>The project that is served: handlers and scripts, beside the program.</summary>
    public static string ProjectDirectory { get; } = Path.Combine(AppContext.BaseDirectory, "project");

    /// <summary>Where its guests run.</summary>
    public GuestThreads Threads { get; }

    /// <summary>Serves one request, from routing to the end of the answer; what it answered.</summary>
    /// <exception cref="InvalidOperationException">The answer's status is not 200.</exception>
    public async Task<byte[]> ServeAsync(string path)
    {
        var connection = _connections.TryPop(out var idle) ? idle : new InProcessConnection(Body);
        var http = connection.Begin(path);
        await _pipeline.ServeAsync(new Exchange(http, _catalog, TimeProvider.System, _limits.MaxBodyBytes));
        var (status, body) = (http.Response.StatusCode, connection.End());
        _connections.Push(connection);
        return status == StatusCodes.Status200OK
            ? body
            : throw new InvalidOperationException($"{path} answered {status}: {Encoding.UTF8.GetString(body)}");
    }

    /// <summary>Runs a script on a guest thread with calls of the caller's own: nothing but the script's side.</summary>
    /// <exception cref="InvalidOperationException">The script did not answer 200.</exception>
    public async Task RunScriptAsync(string name, IHandlerCalls calls, CancellationToken abandoned)
    {
        var request = new ScriptRequest
        {
            Method = "POST",
            Path = $"/script/{name}",
            Headers = [new ScriptHeader("content-type", "application/json")],
            Body = Body,
            RequestId = "benchmark",
        };
        var outcome = await _scripts.RunAsync(
            name, request, calls, static () => new Server.Faults.Fault(Server.Faults.FaultKind.ClientGone, "The benchmark is over."), abandoned);
        if (outcome is not CompleteOutcome { Status: StatusCodes.Status200OK } && !abandoned.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The script {name} failed: {outcome}");
        }
    }

    public void Dispose()
    {
        while (_connections.TryPop(out var connection))
        {
            connection.Dispose();
        }

        Threads.Dispose();
        _outgoing.Dispose();
        _collector.Dispose();
        _metrics.Dispose();
    }
}
