namespace Mik.Server.Execution;

/// <summary>A piece of work for a guest's thread.</summary>
/// <param name="Do">The work.</param>
/// <param name="State">What it is given.</param>
/// <param name="Usual">How long such work takes, where that is known or wanted.</param>
internal readonly record struct GuestWork(Action<object?> Do, object? State, UsualDuration? Usual = null);

/// <summary>
/// What waits for a thread, in the order in which it is to be done: first what the thread's own runs have led to, which is half done and in
/// the caches; then what is under way elsewhere, then new requests, and at last what others keep for themselves. Not thread-safe.
/// </summary>
internal sealed class GuestQueues
{
    private readonly List<Queue<GuestWork>> _kept = []; // none of them empty
    private readonly Queue<GuestWork> _underWay = new();
    private readonly Queue<GuestWork> _fresh = new();

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _underWay.Count + _fresh.Count + _kept.Count == 0;

    /// <summary>How much waits that is nobody's own.</summary>
    public int Shared => _underWay.Count + _fresh.Count;

    /// <summary>How much waits.</summary>
    public int Count
    {
        get
        {
            var count = _underWay.Count + _fresh.Count;
            foreach (var own in _kept)
            {
                count += own.Count;
            }

            return count;
        }
    }

    /// <summary>Adds what begins a request.</summary>
    public void AddFresh(GuestWork work) => _fresh.Enqueue(work);

    /// <summary>Adds what belongs to a request under way, for whoever comes first.</summary>
    public void AddUnderWay(GuestWork work) => _underWay.Enqueue(work);

    /// <summary>Adds what belongs to a request under way, for its own thread first of all.</summary>
    public void Keep(Queue<GuestWork> own, GuestWork work)
    {
        if (own.Count == 0)
        {
            _kept.Add(own);
        }

        own.Enqueue(work);
    }

    /// <summary>Whoever waits, or goes on and on, keeps nothing from the others.</summary>
    public void GiveAway(Queue<GuestWork> own)
    {
        while (TryTakeFrom(own, out var work))
        {
            _underWay.Enqueue(work);
        }
    }

    /// <summary>What is to be done next; <see langword="false"/> when there is nothing.</summary>
    /// <param name="own">What the thread keeps.</param>
    /// <param name="othersFirst">Whether it is the others' turn.</param>
    /// <param name="work">The work.</param>
    public bool TryTake(Queue<GuestWork> own, bool othersFirst, out GuestWork work) =>
        (othersFirst && _underWay.TryDequeue(out work))
        || TryTakeFrom(own, out work)
        || _underWay.TryDequeue(out work)
        || _fresh.TryDequeue(out work)
        || (_kept.Count > 0 && TryTakeFrom(_kept[0], out work));

    private bool TryTakeFrom(Queue<GuestWork> own, out GuestWork work)
    {
        if (!own.TryDequeue(out work))
        {
            return false;
        }

        if (own.Count == 0)
        {
            _kept.Remove(own);
        }

        return true;
    }
}
