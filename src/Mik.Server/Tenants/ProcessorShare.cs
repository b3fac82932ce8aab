using Mik.Scripting.Execution;

namespace Mik.Server.Tenants;

/// <summary>
/// Bounds the processor time that guests of one owner use together. Time comes in at a steady rate and is saved up for at most one second.
/// While there is none, nobody is let in; when those inside have overdrawn it by a second's worth, they are stopped, the greedier half of
/// them at each look. Over any span the owner uses no more than the rate allows for that span, two seconds' worth, and what its guests use
/// between a few looks. Thread-safe.
/// </summary>
internal sealed class ProcessorShare : IDisposable
{
    /// <summary>
    /// How often those inside are looked at. A look costs a few microseconds for each of them; twenty in a second keep what may be used
    /// between two of them below a tenth of a processor's second.
    /// </summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan _perSecond;
    private readonly TimeProvider _time;
    private readonly CpuClock _cpu;
    private readonly Lock _gate = new();
    private readonly Dictionary<object, Use> _uses = new(ReferenceEqualityComparer.Instance); // guarded by _gate
    private TimeSpan _balance; // guarded by _gate
    private long _refilledAt; // guarded by _gate
    private ITimer? _timer; // guarded by _gate
    private bool _isWatching; // guarded by _gate
    private bool _isClosed; // guarded by _gate

    /// <param name="perSecond">The time that comes in with each second, and the most that is saved up or overdrawn.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cpu">Tells what threads have used. Time that a guest waits is not counted where the system can tell.</param>
    public ProcessorShare(TimeSpan perSecond, TimeProvider time, CpuClock cpu)
    {
        _perSecond = _balance = perSecond;
        _time = time;
        _cpu = cpu;
        _refilledAt = time.GetTimestamp();
    }

    /// <summary>What is left now; negative when it is overdrawn.</summary>
    public TimeSpan Balance
    {
        get
        {
            lock (_gate)
            {
                RefillUnderLock();
                return _balance;
            }
        }
    }

    /// <summary>Whether nobody is inside and everything was saved up again that can be.</summary>
    public bool IsRested
    {
        get
        {
            lock (_gate)
            {
                RefillUnderLock();
                return _uses.Count == 0 && _balance >= _perSecond;
            }
        }
    }

    /// <summary>Whether there is time for one more guest; if not, when there will be.</summary>
    public bool HasTime(out TimeSpan retryAfter)
    {
        var balance = Balance;
        retryAfter = balance > TimeSpan.Zero ? TimeSpan.Zero : (-balance / _perSecond.TotalSeconds) + LookInterval;
        return balance > TimeSpan.Zero;
    }

    /// <summary>Somebody begins to use this thread.</summary>
    /// <param name="key">Who; one thread at a time.</param>
    /// <param name="stop">Stops them, from any thread; <see langword="null"/> for those who cannot be stopped.</param>
    public void Begin(object key, Action? stop)
    {
        var thread = _cpu.NameThread();
        var used = _cpu.Read(thread);
        lock (_gate)
        {
            _uses[key] = new Use(thread, used, stop);
            if (!_isWatching && !_isClosed)
            {
                _isWatching = true;
                _timer ??= _time.CreateTimer(
                    static share => ((ProcessorShare)share!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(LookInterval, LookInterval);
            }
        }
    }

    /// <summary>They have ceased to; on the thread of <see cref="Begin"/>.</summary>
    public void End(object key)
    {
        lock (_gate)
        {
            if (_uses.Remove(key, out var use))
            {
                _balance -= use.Look(_cpu);
            }
        }
    }

    /// <summary>Looks no more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _timer?.Dispose();
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            if (_uses.Count == 0)
            {
                // Not at once when the last one leaves: the next one is there within microseconds as a rule.
                _isWatching = false;
                if (!_isClosed)
                {
                    _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                }

                return;
            }

            RefillUnderLock();
            foreach (var use in _uses.Values)
            {
                _balance -= use.Look(_cpu);
            }

            if (_balance < -_perSecond)
            {
                StopGreedyUnderLock();
            }
        }
    }

    // Those who only wait are no part of it.
    private void StopGreedyUnderLock()
    {
        var running = _uses.Values.Where(static use => use.Recent > TimeSpan.Zero && use.Stop is not null)
            .OrderByDescending(static use => use.InAll)
            .ToArray();
        foreach (var use in running.Take((running.Length + 1) / 2))
        {
            use.Stop!();
        }
    }

    private void RefillUnderLock()
    {
        var now = _time.GetTimestamp();
        _balance += _perSecond * _time.GetElapsedTime(_refilledAt, now).TotalSeconds;
        _balance = _balance < _perSecond ? _balance : _perSecond;
        _refilledAt = now;
    }

    private sealed class Use(int thread, TimeSpan seen, Action? stop)
    {
        public Action? Stop { get; } = stop;

        /// <summary>What was used between the last two looks.</summary>
        public TimeSpan Recent { get; private set; }

        public TimeSpan InAll { get; private set; }

        /// <summary>What was used since the last look.</summary>
        public TimeSpan Look(CpuClock cpu)
        {
            var now = cpu.Read(thread);
            Recent = now - seen;
            InAll += Recent;
            seen = now;
            return Recent;
        }
    }
}
