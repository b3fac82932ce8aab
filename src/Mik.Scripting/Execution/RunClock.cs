using Mik.Wasm.Runtime;

namespace Mik.Scripting.Execution;

/// <summary>Why a run was stopped from outside.</summary>
internal enum StopReason
{
    None,
    CpuTime,
    WallTime,
    Cancelled,
}

/// <summary>
/// Bounds how long script code runs, and stops it from other threads. Time counts between <see cref="Enter"/> and <see cref="Leave"/>
/// only; a store is never interrupted outside of them, because an interrupted store is lost.
/// </summary>
internal sealed class RunClock : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Store _store;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TimeSpan _left;
    private long _entered;
    private bool _isInside; // guarded by _gate
    private StopReason _reason; // guarded by _gate

    public RunClock(Store store, TimeProvider time, TimeSpan cpuTime)
    {
        _store = store;
        _time = time;
        _left = cpuTime;
        _timer = time.CreateTimer(
            static state => ((RunClock)state!).StopInside(StopReason.CpuTime),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>The first reason to stop, if any.</summary>
    public StopReason Reason
    {
        get
        {
            lock (_gate)
            {
                return _reason;
            }
        }
    }

    /// <summary>Script code is about to run. Returns whether it may.</summary>
    public bool Enter()
    {
        lock (_gate)
        {
            if (_reason == StopReason.None && _left <= TimeSpan.Zero)
            {
                _reason = StopReason.CpuTime;
            }

            if (_reason != StopReason.None)
            {
                return false;
            }

            _isInside = true;
        }

        _entered = _time.GetTimestamp();
        _timer.Change(_left, Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>No script code runs any more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _isInside = false;
        }

        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _left -= _time.GetElapsedTime(_entered);
    }

    /// <summary>Ends the run for a reason of the host's.</summary>
    public void Stop(StopReason reason)
    {
        lock (_gate)
        {
            StopUnderLock(reason);
        }
    }

    public void Dispose() => _timer.Dispose();

    // A timer may still fire for an entry that has just ended.
    private void StopInside(StopReason reason)
    {
        lock (_gate)
        {
            if (_isInside)
            {
                StopUnderLock(reason);
            }
        }
    }

    private void StopUnderLock(StopReason reason)
    {
        if (_reason == StopReason.None)
        {
            _reason = reason;
        }

        if (_isInside)
        {
            _store.Interrupt();
        }
    }
}
