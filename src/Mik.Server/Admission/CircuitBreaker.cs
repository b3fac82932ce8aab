namespace Mik.Server.Admission;

/// <summary>When a breaker opens and how it closes again.</summary>
/// <param name="Failures">Consecutive failures that open it.</param>
/// <param name="OpenFor">How long nothing is let through.</param>
/// <param name="HalfOpenProbes">How many calls are then tried; all must succeed to close it.</param>
internal readonly record struct CircuitBreakerRule(int Failures, TimeSpan OpenFor, int HalfOpenProbes);

/// <summary>Where a breaker stands.</summary>
internal enum CircuitState
{
    Closed,
    Open,
    HalfOpen,
}

/// <summary>What a call that was let through did.</summary>
internal enum CallVerdict
{
    /// <summary>The handler answered, with whatever status.</summary>
    Succeeded,

    /// <summary>The handler broke its contract.</summary>
    Failed,

    /// <summary>Nothing was learned: the client left, or the fault was somebody else's.</summary>
    Unknown,
}

/// <summary>Leave to make one call; handed back with the verdict.</summary>
/// <param name="Period">The breaker's state period that granted it. A verdict from an earlier period is old news.</param>
internal readonly record struct CallTicket(long Period);

/// <summary>
/// Spares a handler that keeps failing, and its callers the wait. Closed: calls pass, consecutive failures are counted. Open: nothing
/// passes until the break has elapsed. Half-open: a few probes decide. Thread-safe.
/// </summary>
internal sealed class CircuitBreaker(CircuitBreakerRule rule, TimeProvider time)
{
    // A refused caller cannot know when the probes will be back; one second spreads the retries without wasting much.
    private static readonly TimeSpan ProbingRetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private CircuitBreakerRule _rule = rule; // guarded by _gate
    private CircuitState _state; // guarded by _gate
    private long _period; // guarded by _gate
    private int _failures; // closed only; guarded by _gate
    private long _openedAt; // open only; guarded by _gate
    private int _probesOut; // half-open only; guarded by _gate
    private int _probesPassed; // half-open only; guarded by _gate

    /// <summary>Where the breaker stands now.</summary>
    public CircuitState State
    {
        get
        {
            lock (_gate)
            {
                return _state == CircuitState.Open && RemainingUnderLock() <= TimeSpan.Zero ? CircuitState.HalfOpen : _state;
            }
        }
    }

    /// <summary>Goes by another rule from now on; where the breaker stands, and what it has counted, stays.</summary>
    public void Follow(CircuitBreakerRule rule)
    {
        lock (_gate)
        {
            _rule = rule;
        }
    }

    /// <summary>Asks to make one call. Every ticket is handed back by exactly one <see cref="Report"/>.</summary>
    public bool TryEnter(out CallTicket ticket, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            retryAfter = TimeSpan.Zero;
            if (_state == CircuitState.Open)
            {
                retryAfter = RemainingUnderLock();
                if (retryAfter > TimeSpan.Zero)
                {
                    ticket = default;
                    return false;
                }

                retryAfter = TimeSpan.Zero;
                MoveUnderLock(CircuitState.HalfOpen);
            }

            if (_state == CircuitState.HalfOpen)
            {
                if (_probesOut + _probesPassed >= _rule.HalfOpenProbes)
                {
                    ticket = default;
                    retryAfter = ProbingRetryAfter;
                    return false;
                }

                _probesOut++;
            }

            ticket = new CallTicket(_period);
            return true;
        }
    }

    /// <summary>Tells how the call ended.</summary>
    /// <returns>Whether this verdict changed the breaker's state.</returns>
    public bool Report(CallTicket ticket, CallVerdict verdict)
    {
        lock (_gate)
        {
            // A verdict on a call from before the last change of state decides nothing: a late success must not close a breaker
            // that opened meanwhile, a late failure must not restart its break.
            if (ticket.Period != _period)
            {
                return false;
            }

            return _state switch
            {
                CircuitState.Closed => ReportWhileClosedUnderLock(verdict),
                CircuitState.HalfOpen => ReportProbeUnderLock(verdict),
                _ => false,
            };
        }
    }

    private bool ReportWhileClosedUnderLock(CallVerdict verdict)
    {
        switch (verdict)
        {
            case CallVerdict.Succeeded:
                _failures = 0;
                return false;
            case CallVerdict.Failed when ++_failures >= _rule.Failures:
                MoveUnderLock(CircuitState.Open);
                return true;
            default:
                return false;
        }
    }

    private bool ReportProbeUnderLock(CallVerdict verdict)
    {
        _probesOut--;
        switch (verdict)
        {
            case CallVerdict.Succeeded when ++_probesPassed >= _rule.HalfOpenProbes:
                MoveUnderLock(CircuitState.Closed);
                return true;
            case CallVerdict.Failed:
                MoveUnderLock(CircuitState.Open);
                return true;
            default:
                return false;
        }
    }

    private void MoveUnderLock(CircuitState state)
    {
        _state = state;
        _period++;
        _failures = 0;
        _probesOut = 0;
        _probesPassed = 0;
        _openedAt = time.GetTimestamp();
    }

    private TimeSpan RemainingUnderLock() => _rule.OpenFor - time.GetElapsedTime(_openedAt);
}
