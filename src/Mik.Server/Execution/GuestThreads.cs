namespace Mik.Server.Execution;

/// <summary>
/// Dedicated threads with known, large stacks on which guests run. Guest code blocks and spins for as long as its limits allow, which
/// must never hold up the server's own work on the shared thread pool. Being a task scheduler, it also takes back what continues after
/// an await, so that a script never touches another thread. Threads come as needed and go when idle. Thread-safe.
/// </summary>
internal sealed class GuestThreads(int maxThreads, TimeSpan idleTime) : TaskScheduler, IDisposable
{
    /// <summary>
    /// Twice what the engine lets a guest use per entry: room for the host functions below it and for a host function that enters the
    /// guest again.
    /// </summary>
    private const int StackBytes = 2 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly List<Worker> _idle = []; // guarded by _gate; last in, first out, so that the warmest stack is used
    private readonly Queue<Task> _waiting = new(); // guarded by _gate; only non-empty while every thread is busy
    private int _threads; // guarded by _gate
    private bool _closed; // guarded by _gate

    /// <summary>How many threads exist now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _threads;
            }
        }
    }

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => maxThreads;

    /// <summary>Runs synchronous guest work.</summary>
    public Task Run(Action<object?> work, object? state) =>
        Task.Factory.StartNew(work, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    /// <summary>Runs guest work that awaits; every part of it that captures its context runs on these threads.</summary>
    public Task<TResult> RunAsync<TResult>(Func<object?, Task<TResult>> work, object? state) =>
        Task.Factory.StartNew(work, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Lets idle threads go, and busy ones once they are done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var worker in _idle)
            {
                worker.Signal.Release();
            }
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            if (_idle.Count > 0)
            {
                var worker = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                worker.Assigned = task;
                worker.Signal.Release();
            }
            else if (_threads < maxThreads)
            {
                _threads++;
                var worker = new Worker(this, task);
                new Thread(worker.Loop, StackBytes) { IsBackground = true, Name = "mik guest" }.Start();
            }
            else
            {
                _waiting.Enqueue(task);
            }
        }
    }

    /// <summary>Never: a guest must start on a whole stack, not on top of another one.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _waiting];
        }
    }

    /// <summary>Waits for a worker's next task; <see langword="null"/> when the worker has to leave.</summary>
    private Task? NextFor(Worker worker)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out var task))
            {
                return task;
            }

            _idle.Add(worker);
            if (_closed)
            {
                return LeaveUnderLock(worker);
            }
        }

        while (true)
        {
            var signalled = worker.Signal.Wait(idleTime);
            lock (_gate)
            {
                if (worker.Assigned is { } task)
                {
                    // A task given at the very moment the wait timed out leaves its signal behind; the next wait then ends early,
                    // finds nothing and goes on waiting.
                    worker.Assigned = null;
                    return task;
                }

                if (_closed || !signalled)
                {
                    return LeaveUnderLock(worker);
                }
            }
        }
    }

    private Task? LeaveUnderLock(Worker worker)
    {
        _idle.Remove(worker);
        _threads--;
        return null;
    }

    private sealed class Worker(GuestThreads owner, Task first)
    {
        public SemaphoreSlim Signal { get; } = new(0);

        public Task? Assigned { get; set; } // guarded by the owner's gate

        public void Loop()
        {
            for (var task = first; task is not null; task = owner.NextFor(this))
            {
                owner.TryExecuteTask(task);
            }
        }
    }
}
