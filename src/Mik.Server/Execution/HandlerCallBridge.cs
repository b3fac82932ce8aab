using System.Diagnostics;
using Mik.Scripting;
using Mik.Server.Catalog;
using Mik.Server.Faults;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Mik.Server.Tracing;
using Mik.Wasi.Http;

namespace Mik.Server.Execution;

/// <summary>
/// Lets one run of a script call handlers: no sockets, but the same admission, breaker and deadline as a client's request. Request id
/// and trace go along; nothing else of the client's request does.
/// </summary>
/// <param name="invoker">Runs handlers.</param>
/// <param name="scope">The handlers there are for this run.</param>
/// <param name="requestId">Names the request that the script serves.</param>
/// <param name="trace">The script's span.</param>
/// <param name="depth">How many scripts' calls led to the script.</param>
/// <param name="maxAnswerBytes">The largest answer a script is given.</param>
/// <param name="metrics">Hears how calls end.</param>
/// <param name="log">Hears of them, too.</param>
/// <param name="time">The clock for a call's own timeout.</param>
internal sealed class HandlerCallBridge(
    HandlerInvoker invoker,
    IHandlerScope scope,
    string requestId,
    TraceContext trace,
    int depth,
    long maxAnswerBytes,
    ServerMetrics metrics,
    CallLog log,
    TimeProvider time)
    : IHandlerCalls
{
    // The longest a timer can be set to; any deadline passes sooner.
    private static readonly TimeSpan LongestPatience = TimeSpan.FromDays(1);

    // Not a code that scripts see: the script has ended before its call.
    private const string Cancelled = "CANCELLED";

    /// <inheritdoc/>
    public async Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        scope.TryFind(call.Handler, out var handler);
        var span = Spans.StartCall(handler?.Name, call.Method, call.Path, trace);
        try
        {
            if (handler is null)
            {
                throw Failure(call, HandlerCallCode.ModuleNotFound, $"there is no handler '{call.Handler}'");
            }

            var request = RequestOf(call, handler, span);
            using var patience = call.Timeout is { } timeout ? new CancellationTokenSource(Bounded(timeout), time) : null;
            using var either = patience is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
            var abandoned = either?.Token ?? cancellation;

            // The script's patience is not the handler's failure: to the breaker an abandoned call says nothing.
            var outcome = await invoker
                .InvokeAsync(handler, request, static () => new Fault(FaultKind.ClientGone, "The script stopped waiting."), abandoned, isCall: true)
                .ConfigureAwait(false);
            var collected = await CollectAsync(outcome).ConfigureAwait(false);
            var answer = collected.Answer ?? throw FailureOf(call, collected.Fault, cancellation);
            var duration = time.GetElapsedTime(started);
            metrics.CallAnswered(handler.State.MetricName, answer.Status, duration);
            log.Answered(handler.Name, answer.Status, duration);
            Spans.EndAnswered(span, answer.Status);
            return answer;
        }
        catch (HandlerCallException failure)
        {
            RecordFailure(failure.CodeName, failure.Message);
            throw;
        }
        catch (OperationCanceledException)
        {
            // The script's own clock for the call may be a moment ahead of the one here.
            var isLate = time.GetElapsedTime(started) >= call.Timeout;
            RecordFailure(isLate ? HandlerCallException.NameOf(HandlerCallCode.Timeout) : Cancelled, detail: null);
            throw;
        }

        void RecordFailure(string code, string? detail)
        {
            var duration = time.GetElapsedTime(started);
            metrics.CallFailed(handler?.State.MetricName, code, duration);
            log.Failed(call.Handler, code, duration);
            Spans.EndFailed(span, code, detail);
        }
    }

    private HandlerRequest RequestOf(HandlerCall call, HandlerEntry handler, Activity? span)
    {
        var above = span is null ? trace.Child() : TraceContext.Of(span, trace);
        var runSpan = Spans.StartHandler(handler.Name, above);
        return HandlerCallRequest.From(call, requestId, runSpan is null ? above : TraceContext.Of(runSpan, above), depth + 1, runSpan)
            ?? throw Failure(call, HandlerCallCode.HandlerError, "the call's method or headers have characters that HTTP does not allow");
    }

    private static TimeSpan Bounded(TimeSpan timeout) =>
        timeout <= TimeSpan.Zero ? TimeSpan.Zero : timeout < LongestPatience ? timeout : LongestPatience;

    private async Task<Collected> CollectAsync(Outcome outcome)
    {
        if (outcome is not StreamingOutcome(var response, var execution))
        {
            return new Collected(null, ((FailedOutcome)outcome).Fault);
        }

        try
        {
            await response.Body.WaitForWholeAsync(Timeout.InfiniteTimeSpan, time, execution.Stopped).ConfigureAwait(false);
            if (response.Body.CompleteLength is { } length && length <= maxAnswerBytes)
            {
                // Nobody reads on, so that what is read stays.
                var whole = await response.Body.ReadAsync(execution.Stopped).ConfigureAwait(false);
                return Whole(response, execution, whole);
            }

            var body = new MemoryStream();
            for (var bytes = await response.Body.ReadAsync(execution.Stopped).ConfigureAwait(false);
                 !bytes.IsEmpty;
                 bytes = await response.Body.ReadAsync(execution.Stopped).ConfigureAwait(false))
            {
                if (body.Length + bytes.Length > maxAnswerBytes)
                {
                    var tooLarge = new Fault(FaultKind.HandlerResponseInvalid, $"The answer has more than {maxAnswerBytes} bytes.");
                    response.Body.Stop();
                    execution.Stop(tooLarge);
                    return new Collected(null, tooLarge);
                }

                body.Write(bytes.Span);
            }

            return Whole(response, execution, body.GetBuffer().AsMemory(0, (int)body.Length));
        }
        catch (BodyAbortedException)
        {
            response.Body.Stop();
            var fault = execution.Fault ?? await execution.Completed.ConfigureAwait(false);
            return new Collected(null, fault ?? new Fault(FaultKind.HandlerResponseInvalid, "The answer is not complete."));
        }
        catch (OperationCanceledException) when (execution.Stopped.IsCancellationRequested)
        {
            response.Body.Stop();
            return new Collected(null, execution.Fault);
        }
    }

    private static Collected Whole(GuestResponse response, HandlerExecution execution, ReadOnlyMemory<byte> body)
    {
        execution.Detach();
        return new Collected(new HandlerAnswer(response.Status, HeadersOf(response), body), null);
    }

    private static ScriptHeader[] HeadersOf(GuestResponse response)
    {
        var headers = new ScriptHeader[response.Headers.Count];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = new ScriptHeader(response.Headers[i].Name, response.Headers[i].Value);
        }

        return headers;
    }

    private static Exception FailureOf(HandlerCall call, Fault? fault, CancellationToken cancellation) => fault switch
    {
        // Whoever has gone does not care what it is told.
        { Kind: FaultKind.ClientGone } when cancellation.IsCancellationRequested => new OperationCanceledException(cancellation),
        { Kind: FaultKind.ClientGone } => Failure(call, HandlerCallCode.Timeout, "no answer within the call's timeout"),
        _ => Failure(call, fault!),
    };

    private static HandlerCallException Failure(HandlerCall call, Fault fault) => fault.Kind switch
    {
        FaultKind.CircuitOpen => Failure(call, HandlerCallCode.CircuitOpen, fault.Detail, fault),
        FaultKind.HandlerSaturated or FaultKind.ServerSaturated
            or FaultKind.TenantSaturated or FaultKind.TenantCpuExceeded or FaultKind.TenantOutOfMemory => Failure(call, HandlerCallCode.RateLimited, fault.Detail, fault),
        FaultKind.HandlerTimedOut => Failure(call, HandlerCallCode.Timeout, fault.Detail, fault),
        _ => Failure(call, HandlerCallCode.HandlerError, fault.Detail, fault),
    };

    private static HandlerCallException Failure(HandlerCall call, HandlerCallCode code, string message, Fault? fault = null) =>
        new(code, call.Handler, message, fault?.RetryAfter, fault?.Cause);

    private readonly record struct Collected(HandlerAnswer? Answer, Fault? Fault);
}
