namespace Mik.Server.Tenants;

/// <summary>
/// Does work that takes long and uses a processor all the while, as many pieces at a time as there are processors, first come first served.
/// On threads of its own: neither the pool that serves sockets nor the threads on which guests wait for it. Thread-safe.
/// </summary>
internal sealed class LoadQueue
{
    /// <summary>As large as the first thread's on common systems: decoding nests as deeply as its input.</summary>
    private const int StackBytes = 8 * 1024 * 1024;

    private readonly int _atOnce = Environment.ProcessorCount;
    private readonly Lock _gate = new();
    private readonly Queue<Action> _waiting = new(); // guarded by _gate
    private int _threads; // guarded by _gate

    /// <summary>Does a piece of work as soon as it is its turn.</summary>
    /// <param name="work">Must not throw.</param>
    public void Enqueue(Action work)
    {
        lock (_gate)
        {
            _waiting.Enqueue(work);
            if (_threads == _atOnce)
            {
                return;
            }

            _threads++;
        }

        new Thread(WorkOff, StackBytes) { IsBackground = true, Name = "mik loader" }.UnsafeStart();
    }

    private void WorkOff()
    {
        while (TryTake(out var work))
        {
            work();
        }
    }

    private bool TryTake(out Action work)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out work!))
            {
                return true;
            }

            _threads--;
            return false;
        }
    }
}
