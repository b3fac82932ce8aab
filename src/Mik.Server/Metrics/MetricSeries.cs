namespace Mik.Server.Metrics;

/// <summary>The numbers of one series. Thread-safe, without locks: requests write here, and seldom does anybody read.</summary>
internal sealed class MetricSeries(double[] buckets)
{
    private readonly long[] _counts = new long[buckets.Length + 1]; // the last one is for what is above all bounds
    private double _value;

    /// <summary>A counter's or a gauge's value, a histogram's sum.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>Adds to the value.</summary>
    public void Add(double amount)
    {
        for (var seen = Volatile.Read(ref _value); ;)
        {
            var before = Interlocked.CompareExchange(ref _value, seen + amount, seen);
            if (before.Equals(seen))
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>Replaces the value.</summary>
    public void Set(double value) => Volatile.Write(ref _value, value);

    /// <summary>Counts a value in the bucket it belongs to: the first whose bound is not below it.</summary>
    public void Observe(double value)
    {
        var bucket = 0;
        while (bucket < buckets.Length && !(value <= buckets[bucket]))
        {
            bucket++;
        }

        Interlocked.Increment(ref _counts[bucket]);
        Add(value);
    }

    /// <summary>A histogram's counts by bucket, each with those of the buckets below it; the last is the count of all.</summary>
    public long[] Cumulated()
    {
        var counts = new long[_counts.Length];
        var sum = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = sum += Volatile.Read(ref _counts[i]);
        }

        return counts;
    }
}
