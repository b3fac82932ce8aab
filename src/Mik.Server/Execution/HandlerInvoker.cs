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
internal sealed class HandlerInvoker(GuestThreads threads, ServerMetrics metrics, TimeProvider time, ILogger logger)
{
    // Spreads the attempts of callers who failed together.
    private readonly Random _random = new();

    /// <summary>Runs a handler until it has begun to answer, or has failed to.</summary>
    /// <param name="handler">Which one.</param>
    /// <param name="request">What it is asked.</param>
    /// <param name="abandoned">Fires when nobody waits for the answer any more.</param>
    /// <param name="reason">Why nobody does.</param>
    /// <param name="isCall">Whether a script asks, whose own request is under way.</param>
    public Task<Outcome> InvokeAsync(
        HandlerEntry handler, HandlerRequest request, AbandonReason reason, CancellationToken abandoned, bool isCall = false)
    {
        var settings = handler.State.Settings;
        return settings.Retry.Retries > 0 && HandlerRetry.Allows(request)
            ? InvokeAgainAsync(handler, request, reason, isCall, abandoned)
            : InvokeOnceAsync(handler, request, settings.Timeout, reason, isCall, abandoned);
    }

    // Apart, so that requests which are not tried again make no closure.
    private Task<Outcome> InvokeAgainAsync(HandlerEntry handler, HandlerRequest request, AbandonReason reason, bool isCall, CancellationToken abandoned)
    {
        return new HandlerRetry(AttemptAsync, time, _random, logger).InvokeAsync(handler, request, abandoned);

        Task<Outcome> AttemptAsync(HandlerEntry handler, HandlerRequest request, TimeSpan timeout) =>
            InvokeOnceAsync(handler, request, timeout, reason, isCall, abandoned);
    }

    private Task<Outcome> InvokeOnceAsync(
        HandlerEntry handler, HandlerRequest request, TimeSpan timeout, AbandonReason reason, bool isCall, CancellationToken abandoned)
    {
        if (handler.Program is not { } program)
        {
            return Refused(new Fault(FaultKind.HandlerUnloadable, "The handler cannot be loaded.") { Diagnosis = handler.LoadFailure });
        }

        if (HandlerPermit.TryEnter(handler.State, isCall, metrics, time, logger, out var refusal) is not { } permit)
        {
            return Refused(refusal!);
        }

        // Whoever pays is asked for the guest's memory and told of its time.
        var paid = handler.State.Account is { } account ? request with { Owner = account } : request;
        var execution = new HandlerExecution(program, paid, permit, reason, logger);
        execution.Arm(timeout, time, abandoned);
        if (isCall)
        {
            threads.Post(RunToEnd, execution, handler.State.UsualRun);
        }
        else
        {
            threads.Start(RunToEnd, execution);
        }

        return execution.Started;

        Task<Outcome> Refused(Fault fault)
        {
            metrics.HandlerRefused(handler.State.MetricName, isCall, fault);
            Spans.End(request.Span, fault);
            return Task.FromResult<Outcome>(new FailedOutcome(fault));
        }
    }

    private static void RunToEnd(object? execution) => ((HandlerExecution)execution!).RunToEnd();
}
