namespace Mik.Server.Observability;

/// <summary>
/// How much one handler may print in all its requests together: what one request may print is bounded already, and many requests must
/// not fill the disk either. Thread-safe.
/// </summary>
internal sealed class LogRate(TimeProvider time)
{
    /// <summary>256 KiB each second, 21 GiB a day: more than anybody reads, and a day's notice for most disks.</summary>
    private const int CharactersPerSecond = 256 * 1024;

    /// <summary>What one request may print at most, with its lines' surroundings, so that a single one is never cut short by others' silence.</summary>
    private const int Burst = 2 * 1024 * 1024;

    // Name, time and request id, about.
    private const int Overhead = 100;

    private readonly Lock _gate = new();
    private double _allowance = Burst; // guarded by _gate
    private long _asked = time.GetTimestamp(); // guarded by _gate
    private long _dropped; // guarded by _gate

    /// <summary>Asks for a line.</summary>
    /// <param name="length">Its length in characters.</param>
    /// <param name="dropped">How many lines were dropped before this one; tell so once.</param>
    /// <param name="isFirstDropped">Whether this is the first that is dropped after one that was not.</param>
    public bool TryTake(int length, out long dropped, out bool isFirstDropped)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _allowance = Math.Min(Burst, _allowance + (time.GetElapsedTime(_asked, now).TotalSeconds * CharactersPerSecond));
            _asked = now;
            isFirstDropped = false;
            var cost = length + Overhead;

            // After a drop there is to be room for more than the next line, or every other line would be a note.
            if (_allowance < (_dropped > 0 ? Math.Max(cost, CharactersPerSecond) : cost))
            {
                isFirstDropped = _dropped++ == 0;
                dropped = 0;
                return false;
            }

            _allowance -= cost;
            (dropped, _dropped) = (_dropped, 0);
            return true;
        }
    }
}
