namespace Mik.Server.Admission;

/// <summary>How many may be inside at once; whoever does not fit is told at once instead of queueing. Thread-safe.</summary>
internal sealed class ConcurrencyLimit(int max)
{
    private int _inside;
    private int _max = max;

    /// <summary>How many are inside now.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>The most that fit. Lowering it sends nobody away who is inside.</summary>
    public int Max
    {
        get => Volatile.Read(ref _max);
        set => Volatile.Write(ref _max, value);
    }

    /// <summary>Takes a place, or none. Every place taken is given back by one <see cref="Exit"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= Max)
        {
            return true;
        }

        Interlocked.Decrement(ref _inside);
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Exit() => Interlocked.Decrement(ref _inside);
}
