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
/// Bounds how much processor time script code uses, and stops it from other threads. Time counts between <see cref="Enter"/> and
/// <see cref="Leave"/> only; a store is never interrupted outside of them, because an interrupted store is lost.
/// </summary>
internal sealed class RunClock : IDisposable
{
    // Timers know no finer time; with less left the watchdog would look again at once, and again.
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly Store _store;
    private readonly CpuClock _cpu;
    private readonly ITimer _watchdog;
    private TimeSpan _left; // guarded by _gate
    private int _thread; // guarded by _gate
    private TimeSpan _entered; // guarded by _gate
    private bool _isInside; // guarded by _gate
    private StopReason _reason; // guarded by _gate

    public RunClock(Store store, TimeProvider time, CpuClock cpu, TimeSpan cpuTime)
    {
        _store = store;
        _cpu = cpu;
        _left = cpuTime;
        _watchdog = time.CreateTimer(static state => ((RunClock)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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

    /// <summary>Script code is about to run on this thread. Returns whether it may.</summary>
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
            _thread = _cpu.NameThread();
            _entered = _cpu.Read(_thread);
            Watch(_left);
            return true;
        }
    }

    /// <summary>No script code runs any more. Does nothing after an entry that was refused.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_isInside)
            {
                _isInside = false;
                _left -= Used();
                _watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Ends the run for a reason of the host's.</summary>
    public void Stop(StopReason reason)
    {
        lock (_gate)
        {
            StopUnderLock(reason);
        }
    }

    public void Dispose() => _watchdog.Dispose();

    private TimeSpan Used() => _cpu.Read(_thread) - _entered;

    private void Watch(TimeSpan time) =>
        _watchdog.Change(time > ShortestWatch ? time : ShortestWatch, Timeout.InfiniteTimeSpan);

    // Time passes at least as fast as a thread uses it; on a busy machine the script has some left and is looked at again. The
    // watchdog may still come for an entry that has just ended.
    private void Look()
    {
        lock (_gate)
        {
            if (!_isInside || _reason != StopReason.None)
            {
                return;
            }

            var left = _left - Used();
            if (left > TimeSpan.Zero)
            {
                Watch(left);
            }
            else
            {
                StopUnderLock(StopReason.CpuTime);
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
