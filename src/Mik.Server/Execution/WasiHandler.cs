using System.Runtime.ExceptionServices;
using Mik.Server.Configuration;
using Mik.Server.Observability;
using Mik.Server.Tracing;
using Mik.Wasi;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;
using Mik.Wasm.Runtime;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Execution;

/// <summary>What every handler's guest is given.</summary>
/// <param name="Environment">Environment variables.</param>
/// <param name="OutgoingHttp">Sends what guests send.</param>
/// <param name="Waits">Is told when a guest's thread sleeps.</param>
/// <param name="StoreLimits">Memory of one instance of a handler that has no limit of its own.</param>
/// <param name="TimeProvider">The guests' clock.</param>
/// <param name="Logger">Takes what guests print.</param>
/// <param name="Grants">What single handlers are given beside, by their names.</param>
internal sealed record GuestSupplies(
    IReadOnlyList<KeyValuePair<string, string>> Environment,
    IOutgoingHttp OutgoingHttp,
    IGuestWaits Waits,
    StoreLimits StoreLimits,
    TimeProvider TimeProvider,
    ILogger Logger,
    IReadOnlyDictionary<string, HandlerGrants> Grants)
{
    /// <summary>What a configuration gives.</summary>
    public static GuestSupplies From(
        MikConfig config, IOutgoingHttp outgoingHttp, IGuestWaits waits, TimeProvider time, ILogger logger) => new(
        [.. config.Env.Select(variable => KeyValuePair.Create(variable.Name, variable.Value))],
        outgoingHttp,
        waits,
        new StoreLimits { MaxMemoryBytes = (long)config.Server.MemoryLimitMb << 20 },
        time,
        logger,
        config.Handlers.ToDictionary(static pair => pair.Key, pair => HandlerGrants.From(config, pair.Value)));

    /// <summary>What the handler of that name is given beside.</summary>
    public HandlerGrants GrantsOf(string handler) => Grants.GetValueOrDefault(handler) ?? HandlerGrants.None;

    /// <summary>Memory of one instance of a handler that is given that.</summary>
    public StoreLimits LimitsOf(HandlerGrants grants) =>
        grants.MaxMemoryBytes is { } own ? StoreLimits with { MaxMemoryBytes = own } : StoreLimits;
}

/// <summary>A component that exports <c>wasi:http/incoming-handler</c>.</summary>
internal sealed class WasiHandler(HttpHandler handler, GuestSupplies supplies) : IHandlerProgram
{
    private readonly HandlerGrants _grants = supplies.GrantsOf(handler.Name);
    private readonly StoreLimits _limits = supplies.LimitsOf(supplies.GrantsOf(handler.Name));
    private readonly LogRate _logRate = new(supplies.TimeProvider);

    /// <summary>The same handler with other supplies, for a configuration that has changed while its component has not.</summary>
    public WasiHandler With(GuestSupplies others) => new(handler, others);

    /// <summary>Lets go of idle instances, which hold the code. Runs under way go on, and new ones can be started.</summary>
    public void Dispose() => handler.Dispose();

    public HandlerEnd Run(HandlerRequest request, Action<GuestResponse> responseStarted, CancellationToken stop)
    {
        var run = new HandlerRun(response => responseStarted(new GuestResponse(response.Status, response.Headers, new WasiResponseBody(response.Body))));

        // The context is the handler's to dispose once it runs.
        var context = new WasiContext
        {
            Environment = supplies.Environment,
            Mounts = _grants.Mounts,
            Sockets = _grants.Sockets,
            Log = new GuestLog(handler.Name, request.RequestId, _logRate, supplies.Logger),
            TimeProvider = supplies.TimeProvider,
            Cancellation = stop,
            OutgoingHttp = new OutgoingTrace(CallDepth.Mark(supplies.OutgoingHttp, request.CallDepth), request.Trace),
            Waits = supplies.Waits,
        };
        var incoming = new IncomingHttpRequest
        {
            Method = request.Method,
            Authority = request.Authority,
            PathWithQuery = request.PathAndQuery,
            Headers = request.Headers,
            Body = request.Body == Stream.Null ? null : request.Body,
            Trailers = request.Trailers,
        };
        handler.Run(incoming, run, context, request.Owner is { } owner ? _limits with { Owner = owner } : _limits);

        // Completed is set before Run returns.
        return EndOf(run.Completed.GetAwaiter().GetResult(), stop);
    }

    private static HandlerEnd EndOf(HandlerOutcome outcome, CancellationToken stop)
    {
        if (outcome.Failure is { } failure && !stop.IsCancellationRequested)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return outcome switch
        {
            { Result: HandlerResult.Answered } => new HandlerEnd(HandlerEndKind.Answered),
            { Result: HandlerResult.Trapped or HandlerResult.HostFailure } when stop.IsCancellationRequested =>
                new HandlerEnd(HandlerEndKind.Stopped),
            { IsStoppedForOwner: true } => new HandlerEnd(HandlerEndKind.OwnerOutOfTime),
            { OwnerRefusedMemory: true } => new HandlerEnd(HandlerEndKind.OwnerOutOfMemory, outcome.Trap?.ToString()),
            { MemoryLimitHit: true } => new HandlerEnd(HandlerEndKind.OutOfMemory, outcome.Trap?.ToString()),
            { Trap: { } trap } => new HandlerEnd(HandlerEndKind.Trapped, trap.ToString()),
            { ErrorCode: { } code } => new HandlerEnd(HandlerEndKind.NoResponse, $"the handler answered with the error {code}"),
            { ExitCode: { } exit } => new HandlerEnd(HandlerEndKind.NoResponse, $"the handler exited with {exit}"),
            _ => new HandlerEnd(HandlerEndKind.NoResponse),
        };
    }

    private sealed class WasiResponseBody(GuestBody body) : IResponseBody
    {
        public long? CompleteLength => body.CompleteLength;

        public IReadOnlyList<HttpField> Trailers => body.Trailers;

        public ValueTask WaitForWholeAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellation) =>
            body.WaitForWholeAsync(patience, time, cancellation);

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation) => body.ReadAsync(cancellation);

        public void Stop() => body.Stop();
    }
}
