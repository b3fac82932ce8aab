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
    // Asking for processor time costs more than most entries take, so only those are measured by it that outlast the first look. Until
    // then the time that passes counts, which a busy machine can stretch, but to no more than this.
    private static readonly TimeSpan LongestUnwatched = TimeSpan.FromMilliseconds(10);

    // Timers know no finer time; with less left the watchdog would look again at once, and again.
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly Store _store;
    private readonly TimeProvider _time;
    private readonly CpuClock _cpu;
    private readonly ITimer _watchdog;
    private TimeSpan _left; // guarded by _gate
    private TimeSpan _used; // guarded by _gate; by entries that are over
    private int _thread; // guarded by _gate
    private long _entered; // guarded by _gate
    private TimeSpan _firstLook; // guarded by _gate; how long after the entry
    private TimeSpan? _atFirstLook; // guarded by _gate; what the processor clock said then
    private long _watchdogComes = long.MaxValue; // guarded by _gate; when, if it does
    private bool _isInside; // guarded by _gate
    private StopReason _reason; // guarded by _gate

    public RunClock(Store store, TimeProvider time, CpuClock cpu, TimeSpan cpuTime)
    {
        _store = store;
        _time = time;
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

    /// <summary>How much script code has used, entries that are over only.</summary>
    public TimeSpan TotalUsed
    {
        get
        {
            lock (_gate)
            {
                return _used;
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
            _store.BeginUse();
            _thread = _cpu.NameThread();
            Begin();
            return true;
        }
    }

    /// <summary>From now on script code has this much time, whatever it used before.</summary>
    public void Renew(TimeSpan cpuTime)
    {
        lock (_gate)
        {
            _left = cpuTime;
            if (_isInside)
            {
                _used += Used();
                Begin();
            }
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
                _store.EndUse();
                var used = Used();
                _left -= used;
                _used += used;
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

    private void Begin()
    {
        _entered = _time.GetTimestamp();
        _firstLook = _left / 2 < LongestUnwatched ? _left / 2 : LongestUnwatched;

        // Most entries are over before the watchdog that an earlier one set comes, and changing a timer costs more than some of them take. One
        // that comes too early looks at its clock and comes again.
        if (_watchdogComes > _entered + TimestampsIn(_firstLook))
        {
            Watch(_firstLook);
        }

        _atFirstLook = null;
    }

    private TimeSpan Used()
    {
        if (_atFirstLook is { } then)
        {
            return _firstLook + (_cpu.Read(_thread) - then);
        }

        var passed = _time.GetElapsedTime(_entered);
        return passed < _firstLook ? passed : _firstLook;
    }

    private void Watch(TimeSpan time)
    {
        time = time > ShortestWatch ? time : ShortestWatch;
        _watchdogComes = _time.GetTimestamp() + TimestampsIn(time);
        _watchdog.Change(time, Timeout.InfiniteTimeSpan);
    }

    private long TimestampsIn(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    // Time passes at least as fast as a thread uses it; on a busy machine the script has some left and is looked at again. The
    // watchdog may still come for an entry that has just ended.
    private void Look()
    {
        lock (_gate)
        {
            _watchdogComes = long.MaxValue;
            if (!_isInside || _reason != StopReason.None)
            {
                return;
            }

            if (_atFirstLook is null)
            {
                var early = _firstLook - _time.GetElapsedTime(_entered);
                if (early > TimeSpan.Zero)
                {
                    Watch(early);
                    return;
                }

                _atFirstLook = _cpu.Read(_thread);
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
