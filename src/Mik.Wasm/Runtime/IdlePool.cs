using System.Collections.Concurrent;

namespace Mik.Wasm.Runtime;

/// <summary>
/// Things that are dear to make and wait for their next use. Those that nobody needed for a while are let go, so that a rush does not
/// stay in memory. Thread-safe.
/// </summary>
/// <typeparam name="T">What waits.</typeparam>
public sealed class IdlePool<T> : IDisposable
    where T : class
{
    // A cache line apart, so that processors do not wait for each other.
    private const int SlotDistance = 8;

    // On machines with more, some share.
    private static readonly int Processors = Math.Clamp(Environment.ProcessorCount, 2, 16);

    // What each processor used last, whose pages are in its caches; what it used before that is for whoever comes first, last in, first out.
    private readonly T?[] _own = new T?[Processors * SlotDistance];
    private readonly ConcurrentStack<T> _idle = new();
    private readonly int _capacity;
    private readonly TimeSpan _patience;
    private readonly Action<T> _release;
    private readonly ITimer _timer;
    private int _count;
    private int _fewest; // since the timer last fired: so many were not needed
    private int _isWatched;
    private volatile bool _isDisposed;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="capacity">How many may wait, roughly.</param>
    /// <param name="patience">What was not needed for so long is let go; at the latest after twice as long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="release">Lets go of one; called on any thread. Must not throw.</param>
    public IdlePool(int capacity, TimeSpan patience, TimeProvider time, Action<T> release)
    {
        _capacity = capacity;
        _patience = patience;
        _release = release;
        _timer = time.CreateTimer(static pool => ((IdlePool<T>)pool!).Trim(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many wait now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether one more may wait; roughly, as others may be returning theirs.</summary>
    public bool HasRoom => Count < _capacity;

    /// <summary>The number of the processor that the caller runs on.</summary>
    internal Func<int> Processor { get; init; } = Thread.GetCurrentProcessorId;

    private ref T? Own => ref _own[(uint)Processor() % (uint)Processors * SlotDistance];

    /// <summary>Takes the one that was used last on this processor, or else any; <see langword="null"/> when none waits.</summary>
    public T? TryTake() => Take(Interlocked.Exchange(ref Own, null) ?? TakeAny());

    /// <summary>Keeps one, or lets go of it where there is no room.</summary>
    public void Return(T item)
    {
        if (_isDisposed || !HasRoom)
        {
            _release(item);
            return;
        }

        Interlocked.Increment(ref _count);
        if (Interlocked.Exchange(ref Own, item) is { } former)
        {
            _idle.Push(former);
        }

        Watch();
        if (_isDisposed)
        {
            ReleaseAll();
        }
    }

    /// <summary>Lets go of all that wait, now and later.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
        ReleaseAll();
    }

    private T? TakeAny()
    {
        if (_idle.TryPop(out var item))
        {
            return item;
        }

        for (var i = 0; i < _own.Length && item is null; i += SlotDistance)
        {
            item = Interlocked.Exchange(ref _own[i], null);
        }

        return item;
    }

    private T? Take(T? item)
    {
        if (item is null)
        {
            return null;
        }

        var left = Interlocked.Decrement(ref _count);
        if (left < Volatile.Read(ref _fewest))
        {
            Volatile.Write(ref _fewest, left);
        }

        return item;
    }

    private void Watch()
    {
        if (Volatile.Read(ref _isWatched) == 0 && Interlocked.Exchange(ref _isWatched, 1) == 0)
        {
            _timer.Change(_patience, Timeout.InfiniteTimeSpan);
        }
    }

    private void Trim()
    {
        for (var unneeded = Volatile.Read(ref _fewest); unneeded > 0 && Take(TakeAny()) is { } item; unneeded--)
        {
            _release(item);
        }

        Volatile.Write(ref _fewest, Count);
        Volatile.Write(ref _isWatched, 0);
        if (Count > 0)
        {
            Watch();
        }
    }

    private void ReleaseAll()
    {
        while (TryTake() is { } item)
        {
            _release(item);
        }
    }
}
