using Mik.Server.Catalog;
using Mik.Server.Faults;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Admission;

/// <summary>
/// One run's place in a handler, or in a tenant's script. The breaker hears the verdict as soon as there is one; the place is given back when the guest has
/// really left its thread, which may be later. Thread-safe.
/// </summary>
internal sealed class HandlerPermit(
    HandlerState handler, CallTicket ticket, bool isCall, ServerMetrics metrics, TimeProvider time, ILogger logger)
{
    // Nobody knows when a place will be free. One second: short against human patience, long against a run.
    private static readonly TimeSpan SaturatedRetryAfter = TimeSpan.FromSeconds(1);

    private readonly long _entered = time.GetTimestamp();
    private int _settled;

    /// <summary>Asks for a place: the breaker must let the run through, and there must be room with the handler and with whom it belongs to.</summary>
    /// <param name="handler">Where.</param>
    /// <param name="isCall">Whether a script asks.</param>
    /// <param name="metrics">Hears how the run ends.</param>
    /// <param name="time">The clock for its duration.</param>
    /// <param name="logger">Hears of breakers that open and close.</param>
    /// <param name="refusal">Why there is none.</param>
    /// <returns>The place, which is given back by <see cref="Leave"/>; <see langword="null"/> when there is none.</returns>
    public static HandlerPermit? TryEnter(
        HandlerState handler, bool isCall, ServerMetrics metrics, TimeProvider time, ILogger logger, out Fault? refusal)
    {
        refusal = null;
        var what = handler.IsScript ? "script" : "handler";
        if (!handler.Breaker.TryEnter(out var ticket, out var retryAfter))
        {
            var kind = handler.IsScript ? FaultKind.ScriptCircuitOpen : FaultKind.CircuitOpen;
            refusal = new Fault(kind, $"The {what} failed repeatedly and is given a rest.") { RetryAfter = retryAfter };
            return null;
        }

        if (!handler.Concurrency.TryEnter())
        {
            handler.Breaker.Report(ticket, CallVerdict.Unknown);
            var kind = handler.IsScript ? FaultKind.ScriptSaturated : FaultKind.HandlerSaturated;
            refusal = new Fault(kind, $"The {what} already serves {handler.Concurrency.Max} requests.") { RetryAfter = SaturatedRetryAfter };
            return null;
        }

        if (handler.Account?.TryEnter() is { } noRoom)
        {
            handler.Breaker.Report(ticket, CallVerdict.Unknown);
            handler.Concurrency.Exit();
            refusal = noRoom;
            return null;
        }

        return new HandlerPermit(handler, ticket, isCall, metrics, time, logger);
    }

    /// <summary>Tells the breaker how the run ended; only the first verdict counts.</summary>
    public void Settle(Fault? fault)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
        {
            return;
        }

        var verdict = fault switch
        {
            null => CallVerdict.Succeeded,
            _ when fault.Rule.CountsAgainst(handler) => CallVerdict.Failed,
            _ => CallVerdict.Unknown,
        };
        if (!handler.Breaker.Report(ticket, verdict))
        {
            return;
        }

        switch (verdict, handler.IsScript)
        {
            case (CallVerdict.Failed, false):
                metrics.CircuitOpened(handler.MetricName);
                ServerLog.CircuitOpened(logger, handler.Name);
                break;
            case (CallVerdict.Failed, true):
                ServerLog.ScriptCircuitOpened(logger, handler.Name);
                break;
            case (_, false):
                ServerLog.CircuitClosed(logger, handler.Name);
                break;
            default:
                ServerLog.ScriptCircuitClosed(logger, handler.Name);
                break;
        }
    }

    /// <summary>Gives the place back. Called exactly once, after <see cref="Settle"/>.</summary>
    /// <param name="fault">What went wrong, if anything did.</param>
    public void Leave(Fault? fault)
    {
        if (!handler.IsScript)
        {
            metrics.HandlerLeft(handler.MetricName, isCall, fault, time.GetElapsedTime(_entered));
        }

        handler.Concurrency.Exit();
        handler.Account?.Exit();
    }

    /// <summary>The handler's name.</summary>
    public string Handler => handler.Name;
}
