using Mik.Server.Catalog;
using Mik.Server.Faults;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Admission;

/// <summary>
/// One run's place in a handler. The breaker hears the verdict as soon as there is one; the place is given back when the guest has
/// really left its thread, which may be later. Thread-safe.
/// </summary>
internal sealed class HandlerPermit(
    HandlerState handler, CallTicket ticket, bool isCall, ServerMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly long _entered = time.GetTimestamp();
    private int _settled;

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
            { Rule.CountsAgainstHandler: true } => CallVerdict.Failed,
            _ => CallVerdict.Unknown,
        };
        if (!handler.Breaker.Report(ticket, verdict))
        {
            return;
        }

        if (verdict == CallVerdict.Failed)
        {
            metrics.CircuitOpened(handler.Name);
            ServerLog.CircuitOpened(logger, handler.Name);
        }
        else
        {
            ServerLog.CircuitClosed(logger, handler.Name);
        }
    }

    /// <summary>Gives the place back. Called exactly once, after <see cref="Settle"/>.</summary>
    /// <param name="fault">What went wrong, if anything did.</param>
    public void Leave(Fault? fault)
    {
        metrics.HandlerLeft(handler.Name, isCall, fault, time.GetElapsedTime(_entered));
        handler.Concurrency.Exit();
    }

    /// <summary>The handler's name.</summary>
    public string Handler => handler.Name;
}
