using Mik.Server.Admission;
using Mik.Server.Faults;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Mik.Server.Tenants;
using Mik.Server.Tracing;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Execution;

/// <summary>
/// One run of a handler, with its two moments: <see cref="Started"/>, when the answer begins or turns out never to come, and
/// <see cref="Completed"/>, when the guest has left. Between them the guest writes the body while the server sends it. The guest runs on
/// its own thread, the deadline fires on another and the answer is sent from a third: whoever comes first decides the fault.
/// </summary>
internal sealed class HandlerExecution(
    IHandlerProgram program, HandlerRequest request, HandlerPermit permit, AbandonReason reason, ILogger logger)
{
    // What follows runs on the guest's thread at once, which saves a request the way through the thread pool: it only ever sends what
    // there is, and waits for nothing.
    private readonly TaskCompletionSource<Outcome> _started = new();
    private readonly TaskCompletionSource<Fault?> _completed = new();
    private readonly CancellationTokenSource _stop = new();
    private ITimer? _deadline;
    private CancellationTokenRegistration _abandonment;
    private TimeSpan _timeout;
    private Fault? _fault; // the first one wins
    private volatile bool _entered;
    private volatile bool _answered;
    private volatile bool _waitingForReader;

    /// <summary>The answer's beginning, or the fault that came instead.</summary>
    public Task<Outcome> Started => _started.Task;

    /// <summary>What went wrong, if anything did; completes when the guest has left.</summary>
    public Task<Fault?> Completed => _completed.Task;

    /// <summary>Fires when the run is stopped from outside: what has been sent of the answer will not be continued.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>The fault so far.</summary>
    public Fault? Fault => Volatile.Read(ref _fault);

    /// <summary>
    /// Whether the answer waits for its reader at this moment. A deadline that passes meanwhile is the reader's fault.
    /// </summary>
    public bool WaitingForReader
    {
        set => _waitingForReader = value;
    }

    /// <summary>Starts the clock, and listens for the caller's leaving.</summary>
    public void Arm(TimeSpan timeout, TimeProvider time, CancellationToken abandoned)
    {
        _timeout = timeout;
        _deadline = time.CreateTimer(
            static execution => ((HandlerExecution)execution!).OnDeadline(), this, timeout, Timeout.InfiniteTimeSpan);
        _abandonment = abandoned.UnsafeRegister(static execution => ((HandlerExecution)execution!).OnAbandoned(), this);
    }

    /// <summary>
    /// The whole answer has reached its reader: from now on nobody's leaving stops the guest, which may still have work to do. Its
    /// deadline stays.
    /// </summary>
    public void Detach()
    {
        _answered = true;
        _abandonment.Dispose();
    }

    /// <summary>Ends the run for a reason that lies outside of it.</summary>
    public void Stop(Fault fault)
    {
        if (Interlocked.CompareExchange(ref _fault, fault, null) is null)
        {
            permit.Settle(fault);
            _stop.Cancel();

            // Whoever calls this has work of its own, a timer's or a connection's.
            ThreadPool.UnsafeQueueUserWorkItem(
                static stopped => stopped.Execution._started.TrySetResult(new FailedOutcome(stopped.Fault, stopped.Execution)),
                (Execution: this, Fault: fault),
                preferLocal: false);
        }
    }

    /// <summary>Logs a fault that came when the answer was already whole, which nobody else will hear of.</summary>
    public void ReportLate(Fault fault) => ServerLog.HandlerFailedLate(
        logger, permit.Handler, fault.Rule.Slug, fault.Detail, LogText.Of(fault.Diagnosis ?? ""), request.RequestId);

    /// <summary>Runs the guest. Called once, on a guest thread.</summary>
    public void RunToEnd()
    {
        _entered = true;
        try
        {
            Conclude(Stopped.IsCancellationRequested ? new HandlerEnd(HandlerEndKind.Stopped) : program.Run(request, OnResponse, Stopped));
        }
        catch (Exception cause)
        {
            // The guest's own failures are results. This is ours, and must not take the thread or the process with it.
            ServerLog.HandlerHostFailed(logger, cause, permit.Handler, request.RequestId);
            Fail(new Fault(FaultKind.HostFailed, "The handler could not be run.") { Cause = cause });
        }
        finally
        {
            _abandonment.Dispose();
            _deadline?.Dispose();
            permit.Leave(Fault);
            Spans.End(request.Span, Fault);
            _completed.TrySetResult(Fault);
        }
    }

    private void OnResponse(GuestResponse response) => _started.TrySetResult(new StreamingOutcome(response, this));

    private void Conclude(HandlerEnd end)
    {
        if (FaultOf(end) is { } fault)
        {
            Fail(fault);
            return;
        }

        permit.Settle(null);

        if (!_started.Task.IsCompleted)
        {
            // The program has broken its word.
            _started.TrySetResult(new FailedOutcome(NoResponse(null), this));
        }
    }

    private void Fail(Fault fault)
    {
        if (Interlocked.CompareExchange(ref _fault, fault, null) is null)
        {
            permit.Settle(fault);
            _started.TrySetResult(new FailedOutcome(fault, this));
        }
    }

    private void OnDeadline()
    {
        var fault = this switch
        {
            { _entered: false } => new Fault(FaultKind.ServerSaturated, "No thread became free to run the handler.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            },
            { _waitingForReader: true } => new Fault(FaultKind.ClientGone, "The client did not read the answer in time."),
            _ => new Fault(FaultKind.HandlerTimedOut, $"The handler did not finish within {_timeout.TotalSeconds:0.###} s."),
        };
        if (request.Body is RequestBody { IsWaitingForClient: true })
        {
            fault = new Fault(FaultKind.BodyTooSlow, "The request body did not arrive in time.");
        }

        Stop(fault);
    }

    private void OnAbandoned()
    {
        if (!_answered)
        {
            Stop(reason());
        }
    }

    private static Fault? FaultOf(HandlerEnd end) => end.Kind switch
    {
        HandlerEndKind.Answered => null,
        HandlerEndKind.NoResponse => NoResponse(end.Diagnosis),
        HandlerEndKind.OutOfMemory =>
            new Fault(FaultKind.HandlerOutOfMemory, "The handler needed more memory than it may have.") { Diagnosis = end.Diagnosis },

        HandlerEndKind.Unloadable => new Fault(FaultKind.HandlerUnloadable, "The handler cannot be loaded.") { Diagnosis = end.Diagnosis },
        HandlerEndKind.OwnerOutOfTime => TenantAccount.OutOfProcessorTime(),
        HandlerEndKind.OwnerOutOfMemory => TenantAccount.OutOfMemory() with { Diagnosis = end.Diagnosis },

        // A guest that was stopped already has its fault; one that claims so without reason has trapped.
        _ => new Fault(FaultKind.HandlerTrapped, "The handler failed while it ran.") { Diagnosis = end.Diagnosis },
    };

    private static Fault NoResponse(string? diagnosis) =>
        new(FaultKind.HandlerNoResponse, "The handler ended without giving a response.") { Diagnosis = diagnosis };
}
