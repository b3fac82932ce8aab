namespace Mik.Server.Hosting;

/// <summary>
/// Gives memory back when a rush is over, or when code was let go. The collector runs when something is allocated, so a process that has
/// nothing to do keeps what the last rush left behind, and code that nobody runs any more. Thread-safe.
/// </summary>
internal sealed class QuietCollection : IDisposable
{
    // Long enough not to take a pause between two waves for the end, short against what anybody calls idle.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // So much was allocated since the last time that looking for it is worth a pause of some milliseconds,
    private const long RushBytes = 64L << 20;

    // and so little in the last period that hardly anybody is there to notice.
    private const long QuietBytes = 4L << 20;

    // The collector finds in turn what runs a guest's code, what loaded it, and what has its memory: the finalizer of each lets go of the next.
    // Three rounds were needed; a fourth is for what was in use at the first.
    private const int UnloadingRounds = 4;

    private readonly Func<long> _allocated;
    private readonly Action _collect;
    private readonly Action _unload;
    private readonly ITimer _timer;
    private long _atLastLook;
    private long _atCollection;
    private bool _isOwed; // by code that has gone
    private int _rounds; // of collections that are still to come for code that goes

    /// <param name="time">The clock.</param>
    /// <param name="allocated">Bytes allocated since the process started.</param>
    /// <param name="collect">Collects, and returns memory to the system; nothing else runs meanwhile.</param>
    /// <param name="unload">Collects while everything else goes on.</param>
    public QuietCollection(TimeProvider time, Func<long> allocated, Action collect, Action unload)
    {
        _allocated = allocated;
        _collect = collect;
        _unload = unload;
        _atLastLook = _atCollection = allocated();
        _timer = time.CreateTimer(static quiet => ((QuietCollection)quiet!).Look(), this, Period, Period);
    }

    /// <summary>Looks after the process's own heap.</summary>
    public static QuietCollection OfProcess(TimeProvider time) => new(
        time,
        static () => GC.GetTotalAllocatedBytes(),
        static () =>
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeHeap.ReturnFree();
        },
        static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false));

    /// <summary>Code was let go that can be unloaded.</summary>
    public void ExpectUnloading() => Volatile.Write(ref _rounds, UnloadingRounds);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    // One at a time, as the period is long against a collection.
    private void Look()
    {
        var now = _allocated();
        var isQuiet = now - _atLastLook <= QuietBytes;
        _atLastLook = now;
        if (Volatile.Read(ref _rounds) > 0)
        {
            _isOwed = Interlocked.Decrement(ref _rounds) == 0;
            _unload();
        }
        else if (isQuiet && (_isOwed || now - _atCollection >= RushBytes))
        {
            _isOwed = false;
            _atCollection = now;
            _collect();
        }
    }
}
