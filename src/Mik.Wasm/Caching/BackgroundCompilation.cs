namespace Mik.Wasm.Caching;

/// <summary>
/// Compiles what a cache waits for while the process does its own work: some time after the last module was added, so that starting up
/// comes first. Disposing ends it at once; what is not compiled waits for the next process.
/// </summary>
public sealed class BackgroundCompilation : IDisposable
{
    // Longer than modules of one start are apart.
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(3);

    // Another process may be compiling.
    private static readonly TimeSpan RetryTime = TimeSpan.FromMinutes(1);

    private readonly CodeCache _cache;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _state = new();
    private Thread? _thread; // guarded by _state
    private bool _isDisposed; // guarded by _state

    /// <summary>Begins.</summary>
    /// <param name="cache">Whose modules.</param>
    /// <param name="time">The clock by which things settle.</param>
    public BackgroundCompilation(CodeCache cache, TimeProvider time)
    {
        _cache = cache;
        _timer = time.CreateTimer(static self => ((BackgroundCompilation)self!).Start(), this, SettlingTime, Timeout.InfiniteTimeSpan);
        cache.Added += Settle;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Thread? thread;
        lock (_state)
        {
            _isDisposed = true;
            thread = _thread;
        }

        _cache.Added -= Settle;
        _timer.Dispose();
        _stop.Cancel();
        thread?.Join();
        _stop.Dispose();
    }

    private void Settle() => _timer.Change(SettlingTime, Timeout.InfiniteTimeSpan);

    private void Start()
    {
        lock (_state)
        {
            if (!_isDisposed && _thread is null && _cache.Measure().Waiting > 0)
            {
                _thread = new Thread(Compile) { IsBackground = true, Name = "mik compilation" };
                _thread.Start();
            }
        }
    }

    private void Compile()
    {
        try
        {
            _cache.CompileWaiting(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lock (_state)
        {
            _thread = null;
            if (!_isDisposed && _cache.Measure().Waiting > 0)
            {
                _timer.Change(RetryTime, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
