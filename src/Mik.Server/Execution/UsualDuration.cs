namespace Mik.Server.Execution;

/// <summary>
/// How long work of one kind takes as a rule: a mean that follows the last few tens of pieces. What was never done is taken for long. Thread-safe.
/// </summary>
internal sealed class UsualDuration
{
    /// <summary>What counts at most. On a busy machine now and then a piece takes a thousand times as long, which says nothing of the next ones.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromMicroseconds(200);

    private const int Weight = 8;

    private long _ticks = Most.Ticks;

    /// <summary>The mean; at most <see cref="Most"/>.</summary>
    public TimeSpan Value => new(Volatile.Read(ref _ticks));

    /// <summary>Counts a piece in. One that is counted at the same time may be lost.</summary>
    public void Add(TimeSpan took)
    {
        var usual = Volatile.Read(ref _ticks);
        Volatile.Write(ref _ticks, usual + ((Math.Min(took.Ticks, Most.Ticks) - usual) / Weight));
    }
}
