using Mik.Scripting;
using Mik.Wasi;

namespace Mik.Server.Execution;

/// <summary>
/// Dedicated threads with known, large stacks on which guests run. Guest code blocks and spins for as long as its limits allow, which
/// must never hold up the server's own work on the shared thread pool; nor must one guest hold up the others. Thread-safe.
/// </summary>
/// <remarks>
/// As many guests run at once as there are processors: more would only take turns, each finding its caches full of another's memory. A
/// guest that waits, or that has been running since before the last beat, does not count, and another is let in beside it. Work of
/// requests under way goes before new requests, so that few are half done at any time. What a guest's run leads to stays with its thread, where
/// the memories it touches are in the caches, unless another has nothing to do.
/// </remarks>
internal sealed class GuestThreads : IScriptThreads, IGuestWaits, IDisposable
{
    /// <summary>
    /// Twice what the engine lets a guest use per entry: room for the host functions below it and for a host function that enters the
    /// guest again.
    /// </summary>
    private const int StackBytes = 2 * 1024 * 1024;

    /// <summary>
    /// How long work waits for guests that go on and on before another thread takes it, twice at most. Long against the usual request
    /// (tens of microseconds), short against what anybody notices.
    /// </summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(2);

    /// <summary>About how long it is until a thread that is woken does anything.</summary>
    private static readonly TimeSpan WakeUp = TimeSpan.FromMicroseconds(50);

    /// <summary>For how long after its start a run is taken for one of the usual, which take a few tens of microseconds.</summary>
    private static readonly TimeSpan UsualRun = TimeSpan.FromMicroseconds(100);

    /// <summary>How many pieces of work may wait for others that are usually soon done before another thread is woken for them.</summary>
    private const int MaxBehindUsualRun = 3;

    /// <summary>After how many beats without anything queued there are no more.</summary>
    private const int IdleBeats = 25;

    /// <summary>How many pieces of work a thread may take from its own before it looks at the others' once.</summary>
    private const uint OwnInARow = 64;

    [ThreadStatic]
    private static Worker? _current;

    private readonly TimeSpan _idleTime;
    private readonly int _places;
    private readonly ITimer _pacemaker;
    private readonly TimeProvider _time;

    private readonly Lock _gate = new();
    private readonly GuestQueues _queues = new(); // guarded by _gate
    private readonly HashSet<Worker> _workers = []; // guarded by _gate
    private readonly List<Worker> _idle = []; // guarded by _gate; last in, first out, so that the warmest stack is used
    private int _maxThreads; // guarded by _gate
    private int _taken; // guarded by _gate: workers that hold a place
    private Worker? _latest; // guarded by _gate: who took work last
    private bool _beating; // guarded by _gate
    private int _idleBeats; // guarded by _gate; in a row, when nothing was queued
    private bool _closed; // guarded by _gate

    /// <param name="maxThreads">The most threads there may be; work beyond waits.</param>
    /// <param name="idleTime">How long a thread stays without work.</param>
    /// <param name="time">The clock of the beat.</param>
    /// <param name="places">How many guests run at once while none of them waits; the number of processors by default.</param>
    public GuestThreads(int maxThreads, TimeSpan idleTime, TimeProvider time, int? places = null)
    {
        _maxThreads = maxThreads;
        _idleTime = idleTime;
        _time = time;
        _places = Math.Min(places ?? Environment.ProcessorCount, maxThreads);
        _pacemaker = time.CreateTimer(
            static threads => ((GuestThreads)threads!).OnBeat(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The most threads there may be. When it is lowered, threads that are too many go once they have idled.</summary>
    public int MaxThreads
    {
        set
        {
            lock (_gate)
            {
                _maxThreads = value;
            }
        }
    }

    /// <summary>How many threads exist now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _workers.Count;
            }
        }
    }

    /// <summary>How many pieces of work wait for a thread now.</summary>
    public int Queued
    {
        get
        {
            lock (_gate)
            {
                return _queues.Count;
            }
        }
    }

    /// <summary>Runs work that begins a request.</summary>
    public void Start(Action<object?> work, object? state) => Enqueue(new GuestWork(work, state), isFresh: true);

    /// <summary>Runs work of a request that is under way.</summary>
    public void Post(Action<object?> work, object? state) => Post(work, state, null);

    /// <summary>Runs work of a request that is under way, and learns how long such work takes.</summary>
    public void Post(Action<object?> work, object? state, UsualDuration? usual) => Enqueue(new GuestWork(work, state, usual), isFresh: false);

    /// <summary>Runs work that begins nothing, and hands over its result.</summary>
    public Task<TResult> RunAsync<TResult>(Func<TResult> work)
    {
        var result = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(
            _ =>
            {
                try
                {
                    result.SetResult(work());
                }
                catch (Exception failure)
                {
                    result.SetException(failure);
                }
            },
            null);
        return result.Task;
    }

    /// <inheritdoc cref="IGuestWaits.BeginWait"/>
    public void BeginWait()
    {
        if (_current is not { } worker || worker.Owner != this)
        {
            return;
        }

        Worker? next;
        lock (_gate)
        {
            GiveUpPlace(worker);
            _queues.GiveAway(worker.Own);
            next = TakePlaceForQueue();
        }

        next?.Wake();
    }

    /// <inheritdoc cref="IGuestWaits.EndWait"/>
    public void EndWait()
    {
        // Whoever is in the middle of a request goes on at once: there may be one running too many for a while.
        if (_current is { } worker && worker.Owner == this)
        {
            lock (_gate)
            {
                TakePlace(worker);
            }
        }
    }

    /// <summary>Lets idle threads go, and busy ones once nothing is left to do.</summary>
    public void Dispose()
    {
        Worker[] idle;
        lock (_gate)
        {
            _closed = true;
            idle = [.. _idle];
        }

        foreach (var worker in idle)
        {
            worker.Wake();
        }

        _pacemaker.Dispose();
    }

    private void Enqueue(GuestWork work, bool isFresh)
    {
        Worker? next = null;
        lock (_gate)
        {
            if (isFresh)
            {
                _queues.AddFresh(work);
                next = TakePlaceUnlessSoonFree();
            }
            else if (_current is { HasPlace: true } worker && worker.Owner == this)
            {
                _queues.Keep(worker.Own, work);
                next = IsSoonDone(worker.Own) ? null : TakePlaceForQueue();
            }
            else
            {
                _queues.AddUnderWay(work);
                next = TakePlaceUnlessSoonFree();
            }

            if (next is null)
            {
                Beating(true);
            }
        }

        next?.Wake();
    }

    // The worker's thread: what it is to do next, after waiting for it if need be; null when the thread is to end.
    private GuestWork? NextFor(Worker worker)
    {
        while (true)
        {
            lock (_gate)
            {
                if (worker.IsIdle)
                {
                    // Woken to leave, by nobody who took it from the idle ones.
                    worker.IsIdle = false;
                    _idle.Remove(worker);
                }

                worker.Round++;
                var now = _time.GetTimestamp();
                worker.Usual?.Add(_time.GetElapsedTime(worker.Since, now));
                worker.Usual = null;
                if (_taken - (worker.HasPlace ? 1 : 0) < _places && _queues.TryTake(worker.Own, worker.Round % OwnInARow == 0, out var work))
                {
                    TakePlace(worker);
                    worker.IsBusy = true;
                    (worker.Usual, worker.Since, _latest) = (work.Usual, now, worker);
                    return work;
                }

                worker.IsBusy = false;
                GiveUpPlace(worker);
                _queues.GiveAway(worker.Own);
                if (_closed && _queues.IsEmpty)
                {
                    _workers.Remove(worker);
                    return null;
                }

                worker.IsIdle = true;
                _idle.Add(worker);
            }

            if (!worker.Sleep(_idleTime) && TryLeave(worker))
            {
                return null;
            }
        }
    }

    // Whether a worker that slept for too long may go: not if it has been given a place at this very moment.
    private bool TryLeave(Worker worker)
    {
        lock (_gate)
        {
            return worker.IsIdle && _idle.Remove(worker) && _workers.Remove(worker);
        }
    }

    // A thread that is about to be free does a little work sooner than one that has to wake up, which costs more than a small handler. Should
    // that thread go on for longer, the next beat wakes another.
    private Worker? TakePlaceUnlessSoonFree() =>
        _latest is { IsBusy: true, HasPlace: true } && _queues.Shared <= MaxBehindUsualRun && _time.GetElapsedTime(_latest.Since) < UsualRun
            ? null
            : TakePlaceForQueue();

    // Whether the thread itself comes to the last piece of its own sooner than another has woken up. It is about to be free, as a rule.
    private static bool IsSoonDone(Queue<GuestWork> own)
    {
        var before = own.Count - 1;
        if (before > MaxBehindUsualRun)
        {
            return false;
        }

        var time = TimeSpan.Zero;
        foreach (var work in own)
        {
            if (before-- > 0)
            {
                time += work.Usual?.Value ?? UsualDuration.Most;
            }
        }

        return time < WakeUp;
    }

    // Gives a free place to a worker that is to look into the queues; the caller wakes it, outside of the gate.
    private Worker? TakePlaceForQueue()
    {
        if (_taken >= _places || _queues.IsEmpty)
        {
            return null;
        }

        Worker worker;
        if (_idle.Count > 0)
        {
            worker = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            worker.IsIdle = false;
        }
        else if (_workers.Count < _maxThreads)
        {
            worker = new Worker(this);
            _workers.Add(worker);
        }
        else
        {
            return null;
        }

        TakePlace(worker);
        return worker;
    }

    private void TakePlace(Worker worker)
    {
        if (!worker.HasPlace)
        {
            worker.HasPlace = true;
            _taken++;
        }
    }

    private void GiveUpPlace(Worker worker)
    {
        if (worker.HasPlace)
        {
            worker.HasPlace = false;
            _taken--;
        }
    }

    // Work is waiting although every place is taken: those who have been at the same piece of work since the last beat lose theirs.
    private void OnBeat()
    {
        var woken = new List<Worker>();
        lock (_gate)
        {
            if (_queues.IsEmpty)
            {
                // To start again costs more than a few beats.
                if (++_idleBeats == IdleBeats)
                {
                    Beating(false);
                }

                return;
            }

            _idleBeats = 0;

            foreach (var worker in _workers)
            {
                if (worker.IsBusy && worker.RoundAtBeat == worker.Round)
                {
                    GiveUpPlace(worker);
                    _queues.GiveAway(worker.Own);
                }

                worker.RoundAtBeat = worker.Round;
            }

            for (var queued = _queues.Count; queued > 0 && TakePlaceForQueue() is { } next; queued--)
            {
                woken.Add(next);
            }
        }

        foreach (var worker in woken)
        {
            worker.Wake();
        }
    }

    private void Beating(bool wanted)
    {
        if (_beating != wanted && !_closed)
        {
            _beating = wanted;
            _idleBeats = 0;
            var period = wanted ? Beat : Timeout.InfiniteTimeSpan;
            _pacemaker.Change(period, period);
        }
    }

    private sealed class Worker(GuestThreads owner)
    {
        // A monitor: it goes to sleep without spinning first, which on a busy machine takes the processor from whoever has work.
        private readonly object _sleeping = new();
        private bool _woken; // guarded by _sleeping
        private bool _started; // guarded by _sleeping

        public GuestThreads Owner => owner;

        public Queue<GuestWork> Own { get; } = new(); // guarded by the owner's gate; what its runs have led to

        public bool HasPlace { get; set; } // guarded by the owner's gate

        public bool IsBusy { get; set; } // guarded by the owner's gate

        public bool IsIdle { get; set; } // guarded by the owner's gate

        public long Since { get; set; } // guarded by the owner's gate; when it took its last piece of work

        public UsualDuration? Usual { get; set; } // guarded by the owner's gate; of the piece it is at

        public uint Round { get; set; } // guarded by the owner's gate

        public uint RoundAtBeat { get; set; } // guarded by the owner's gate

        public void Wake()
        {
            lock (_sleeping)
            {
                if (_started)
                {
                    _woken = true;
                    Monitor.Pulse(_sleeping);
                    return;
                }

                _started = true;
            }

            new Thread(Loop, StackBytes) { IsBackground = true, Name = "mik guest" }.UnsafeStart();
        }

        // Whether it was woken, rather than slept for as long as that.
        public bool Sleep(TimeSpan atMost)
        {
            lock (_sleeping)
            {
                if (!_woken)
                {
                    Monitor.Wait(_sleeping, atMost);
                }

                var woken = _woken;
                _woken = false;
                return woken;
            }
        }

        private void Loop()
        {
            _current = this;
            while (owner.NextFor(this) is { } work)
            {
                work.Do(work.State);
            }
        }
    }
}
