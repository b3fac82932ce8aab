namespace Mik.Server.Hosting;

/// <summary>
/// Gives managed memory back when a rush is over. The collector runs when something is allocated, so a process that has nothing to do keeps
/// what the last rush left behind. Thread-safe.
/// </summary>
internal sealed class QuietCollection : IDisposable
{
    // Long enough not to take a pause between two waves for the end, short against what anybody calls idle.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // So much was allocated since the last time that looking for it is worth a pause of some milliseconds,
    private const long RushBytes = 64L << 20;

    // and so little in the last period that hardly anybody is there to notice.
    private const long QuietBytes = 4L << 20;

    private readonly Func<long> _allocated;
    private readonly Action _collect;
    private readonly ITimer _timer;
    private long _atLastLook;
    private long _atCollection;

    /// <param name="time">The clock.</param>
    /// <param name="allocated">Bytes allocated since the process started.</param>
    /// <param name="collect">Collects, and returns memory to the system.</param>
    public QuietCollection(TimeProvider time, Func<long> allocated, Action collect)
    {
        _allocated = allocated;
        _collect = collect;
        _atLastLook = _atCollection = allocated();
        _timer = time.CreateTimer(static quiet => ((QuietCollection)quiet!).Look(), this, Period, Period);
    }

    /// <summary>Looks after the process's own heap.</summary>
    public static QuietCollection OfProcess(TimeProvider time) => new(
        time,
        static () => GC.GetTotalAllocatedBytes(),
        static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    // One at a time, as the period is long against a collection.
    private void Look()
    {
        var now = _allocated();
        var isQuiet = now - _atLastLook <= QuietBytes;
        _atLastLook = now;
        if (isQuiet && now - _atCollection >= RushBytes)
        {
            _atCollection = now;
            _collect();
        }
    }
}
