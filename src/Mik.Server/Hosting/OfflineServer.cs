using System.Text.Json;
using Mik.Scripting;
using Mik.Server.Catalog;
using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Server.Faults;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Mik.Server.Responses;
using Mik.Server.Routing;
using Mik.Wasi.Http.Outgoing;
using Mik.Wasm.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mik.Server.Hosting;

/// <summary>
/// A project as a server serves it, without sockets: scripts and handlers run where a request would run them, with the project's limits,
/// and what fails is the answer a client would get. Thread-safe.
/// </summary>
public sealed class OfflineServer : IDisposable
{
    private static readonly TimeSpan ThreadIdleTime = TimeSpan.FromSeconds(30);

    private readonly MikConfig _config;
    private readonly TimeProvider _time;
    private readonly ServerMetrics _metrics = new();
    private readonly GuestThreads _threads;
    private readonly OutgoingHttpClient _outgoing;
    private readonly HandlerInvoker _invoker;
    private readonly Engine _engine;
    private readonly ScriptCatalog _scripts;
    private Lazy<HandlerCatalog> _handlers;

    /// <summary>Loads nothing yet: scripts and handlers are loaded when they are first asked for.</summary>
    /// <param name="config">What the project asks of the runtime.</param>
    /// <param name="engine">Compiles handlers.</param>
    /// <param name="scripts">Loads scripts.</param>
    /// <param name="time">The clock behind every timeout.</param>
    public OfflineServer(MikConfig config, Engine engine, ScriptHost scripts, TimeProvider time)
    {
        _config = config;
        _time = time;
        _threads = new GuestThreads(config.Server.MaxConcurrentRequests, ThreadIdleTime, time);
        _outgoing = new OutgoingHttpClient(config.Server.OutgoingPolicy, time);
        _invoker = new HandlerInvoker(_threads, _metrics, time, NullLogger.Instance);
        _engine = engine;
        _scripts = new ScriptCatalog(
            config.ScriptsDirectory,
            file => new HostedScript(scripts.Load(file, config.ScriptsDirectory)),
            time,
            NullLogger.Instance);
        _handlers = NewHandlers();
        Handlers = new Bridges(this);
    }

    /// <summary>The project's handlers, each behind its breaker and its limits. They are loaded with the first call.</summary>
    public IHandlerCalls Handlers { get; }

    /// <summary>The full paths of the files a script is loaded from, as far as it can be; none when there is no such script.</summary>
    public IReadOnlyList<string> SourceFilesOf(string script) =>
        EntryName.Problem(script) is null && _scripts.Find(script) is { } entry
            ? entry.Program?.SourceFiles ?? entry.Failure?.SourceFiles ?? []
            : [];

    /// <summary>
    /// Forgets scripts, so that they are loaded as they are now: a server may go on with the version before a half-written one. To be called while nothing runs.
    /// </summary>
    public void ForgetScripts() => _scripts.Clear();

    /// <summary>Forgets handlers with what is known of their failures, so that they are loaded as they are now. To be called while nothing runs.</summary>
    public void ForgetHandlers() => _handlers = NewHandlers();

    /// <summary>Lets a script answer a request, as it would a client's.</summary>
    /// <param name="script">Its name.</param>
    /// <param name="request">What to answer.</param>
    /// <param name="calls">Answers <c>host.call</c>.</param>
    /// <param name="console">Takes what it writes to its console.</param>
    /// <param name="cancellation">Fires when nobody wants the answer any more.</param>
    /// <returns>What the client would get: the script's answer, or a problem that also says what the log would.</returns>
    public async Task<ScriptAnswer> AnswerAsync(
        string script, ScriptRequest request, IHandlerCalls calls, IScriptConsole console, CancellationToken cancellation)
    {
        var runner = new ScriptRunner(_threads, _scripts, console, ScriptRunner.LimitsOf(_config.Server));
        var outcome = EntryName.Problem(script) is { } problem
            ? new FailedOutcome(new Fault(FaultKind.ScriptUnknown, $"The name of a script {problem} here."))
            : await runner.RunAsync(
                script, request, calls, static () => new Fault(FaultKind.ClientGone, "Nobody waits for the answer."), cancellation).ConfigureAwait(false);
        return outcome switch
        {
            CompleteOutcome(var status, var headers, var body) =>
                new ScriptAnswer(status, [.. headers.Select(static h => new ScriptHeader(h.Name, h.Value))], body),
            FailedOutcome { Fault: var fault } => OfFault(fault, script, request.RequestId),
            _ => throw new InvalidOperationException("A script's answer does not stream."),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _threads.Dispose();
        _outgoing.Dispose();
        _metrics.Dispose();
    }

    private Lazy<HandlerCatalog> NewHandlers() => new(() =>
    {
        var load = ServedProject.HandlerLoader(() => _engine, GuestSupplies.From(_config, _outgoing, _threads, _time, NullLogger.Instance));
        return new CatalogBuilder(_config, new HandlerStates(_config, _time), load, NullLogger.Instance).Build(CancellationToken.None);
    });

    private static ScriptAnswer OfFault(Fault fault, string script, string requestId)
    {
        var document = ProblemDocument.Of(fault, requestId, development: true) with { Script = script };
        var headers = new List<ScriptHeader> { new("content-type", "application/problem+json") };
        if (fault.RetryAfter is { } delay)
        {
            headers.Add(new ScriptHeader("retry-after", ProblemWriter.RetryAfter(delay)));
        }

        return new ScriptAnswer(fault.Rule.Status, headers, JsonSerializer.SerializeToUtf8Bytes(document, ProblemJson.Readable.ProblemDocument));
    }

    // Each call is a request of its own: there is no client's request whose id and trace could go along.
    private sealed class Bridges(OfflineServer server) : IHandlerCalls
    {
        public async Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation)
        {
            // Loading compiles, which must not hold up whoever asks.
            var catalog = await Task.Run(() => server._handlers.Value, cancellation).ConfigureAwait(false);
            var maxAnswerBytes = (long)server._config.Server.MaxBodySizeMb << 20;
            var bridge = new HandlerCallBridge(
                server._invoker, catalog, RequestId.From(null), TraceContext.From(null), depth: 0, maxAnswerBytes, server._metrics, new CallLog(), server._time);
            return await bridge.CallAsync(call, cancellation).ConfigureAwait(false);
        }
    }
}
