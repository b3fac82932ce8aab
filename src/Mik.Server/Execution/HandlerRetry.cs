using Mik.Server.Catalog;
using Mik.Server.Faults;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Execution;

/// <summary>Tries requests again that may be repeated, within the time of one request. Every attempt passes the breaker and the limit for itself.</summary>
/// <param name="attempt">Runs the handler once, for as long as it is told.</param>
/// <param name="time">The clock.</param>
/// <param name="random">For the waits; shared, and used under its own lock.</param>
/// <param name="logger">Hears of attempts that failed.</param>
internal sealed class HandlerRetry(Func<HandlerEntry, HandlerRequest, TimeSpan, Task<Outcome>> attempt, TimeProvider time, Random random, ILogger logger)
{
    /// <summary>Whether asking twice is the same as asking once, and possible at all. rfc: 9110#9.2.2</summary>
    public static bool Allows(HandlerRequest request) =>
        request.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE" && (request.Body == Stream.Null || request.Body.CanSeek);

    /// <summary>The first outcome that is no passing failure, or the last there is time for.</summary>
    public async Task<Outcome> InvokeAsync(HandlerEntry handler, HandlerRequest request, CancellationToken abandoned)
    {
        var (rule, timeout) = (handler.State.Settings.Retry, handler.State.Settings.Timeout);
        var started = time.GetTimestamp();
        var outcome = await attempt(handler, request, timeout).ConfigureAwait(false);
        for (var failed = 1; failed <= rule.Retries && StatusOf(outcome) is { } status; failed++)
        {
            var delay = rule.DelayAfter(failed, NextRandom());
            if (delay >= timeout - time.GetElapsedTime(started) || abandoned.IsCancellationRequested || handler.State.Breaker.State == Admission.CircuitState.Open)
            {
                break;
            }

            await DiscardAsync(outcome).ConfigureAwait(false);
            ServerLog.HandlerRetried(logger, handler.Name, status, failed, request.RequestId);
            try
            {
                await Task.Delay(delay, time, abandoned).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The attempt that follows ends at once, with the reason.
            }

            if (request.Body.CanSeek)
            {
                request.Body.Position = 0;
            }

            outcome = await attempt(handler, request, timeout - time.GetElapsedTime(started)).ConfigureAwait(false);
        }

        return outcome;
    }

    /// <summary>The status of a failure that may have passed by the next attempt.</summary>
    private static int? StatusOf(Outcome outcome) => outcome switch
    {
        StreamingOutcome { Response.Status: var status } when status is StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout => status,
        FailedOutcome { Fault: { Kind: FaultKind.HandlerNoResponse } fault } => fault.Rule.Status,
        _ => null,
    };

    // Its place must be free for the next attempt, which may be the only one there is.
    private static async Task DiscardAsync(Outcome outcome)
    {
        if (outcome is StreamingOutcome(var response, var execution))
        {
            response.Body.Stop();
            execution.Stop(new Fault(FaultKind.ClientGone, "The request is tried again."));
        }

        if (outcome.Execution is { } run)
        {
            await run.Completed.ConfigureAwait(false);
        }
    }

    private double NextRandom()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }
}
