using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Faults;
using Mik.Server.Metrics;
using Mik.Server.Pipeline;
using Mik.Server.Tracing;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Execution;

/// <summary>Why a caller stopped waiting for a handler.</summary>
internal delegate Fault AbandonReason();

/// <summary>
/// Runs handlers, for clients and scripts alike: the same breaker, the same limit, the same deadline, whoever calls.
/// </summary>
internal sealed class HandlerInvoker(GuestThreads threads, TimeSpan timeout, ServerMetrics metrics, TimeProvider time, ILogger logger)
{
    // Nobody knows when a place will be free. One second: short against human patience, long against a run.
    private static readonly TimeSpan SaturatedRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Runs a handler until it has begun to answer, or has failed to.</summary>
    /// <param name="handler">Which one.</param>
    /// <param name="request">What it is asked.</param>
    /// <param name="abandoned">Fires when nobody waits for the answer any more.</param>
    /// <param name="reason">Why nobody does.</param>
    /// <param name="isCall">Whether a script asks, whose own request is under way.</param>
    public Task<Outcome> InvokeAsync(
        HandlerEntry handler, HandlerRequest request, AbandonReason reason, CancellationToken abandoned, bool isCall = false)
    {
        if (handler.Program is not { } program)
        {
            return Refused(new Fault(FaultKind.HandlerUnloadable, "The handler cannot be loaded.") { Diagnosis = handler.LoadFailure });
        }

        var state = handler.State;
        if (!state.Breaker.TryEnter(out var ticket, out var retryAfter))
        {
            return Refused(new Fault(FaultKind.CircuitOpen, "The handler failed repeatedly and is given a rest.") { RetryAfter = retryAfter });
        }

        if (!state.Concurrency.TryEnter())
        {
            state.Breaker.Report(ticket, CallVerdict.Unknown);
            return Refused(new Fault(FaultKind.HandlerSaturated, $"The handler already serves {state.Concurrency.Max} requests.")
            {
                RetryAfter = SaturatedRetryAfter,
            });
        }

        var execution = new HandlerExecution(program, request, new HandlerPermit(state, ticket, isCall, metrics, time, logger), reason, logger);
        execution.Arm(timeout, time, abandoned);
        if (isCall)
        {
            threads.Post(RunToEnd, execution);
        }
        else
        {
            threads.Start(RunToEnd, execution);
        }

        return execution.Started;

        Task<Outcome> Refused(Fault fault)
        {
            metrics.HandlerRefused(handler.Name, isCall, fault);
            Spans.End(request.Span, fault);
            return Task.FromResult<Outcome>(new FailedOutcome(fault));
        }
    }

    private static void RunToEnd(object? execution) => ((HandlerExecution)execution!).RunToEnd();
}
