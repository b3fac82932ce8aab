namespace Mik.Cli.Logging;

/// <summary>
/// Entries on their way out, gathered for a moment and written together by a thread of its own: a system call and a wake-up for each would
/// cost a busy server a tenth of its requests. Whoever writes never waits for the reader; what a reader that stopped reading leaves no room
/// for is counted, and the count is written once there is room again. Thread-safe.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    /// <summary>How much may wait to be written, in bytes.</summary>
    public const int MaxWaiting = 4 * 1024 * 1024;

    // Nobody notices; hundreds of entries fit in.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);

    // A reader that stopped reading keeps nothing from ending.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly Stream _stream;
    private readonly Func<long, byte[]> _describeLoss;
    private readonly Thread _thread;
    private readonly object _gate = new(); // a monitor, as the thread waits for entries
    private byte[] _waiting = new byte[64 * 1024]; // guarded by _gate
    private int _length; // guarded by _gate
    private long _lost; // guarded by _gate
    private bool _sleeps; // guarded by _gate
    private bool _closed; // guarded by _gate

    /// <param name="stream">Where entries go; stays the caller's.</param>
    /// <param name="describeLoss">Makes an entry of the number of entries that were lost.</param>
    public LogWriter(Stream stream, Func<long, byte[]> describeLoss)
    {
        _stream = stream;
        _describeLoss = describeLoss;
        _thread = new Thread(Run) { IsBackground = true, Name = "mik log" };
        _thread.Start();
    }

    /// <summary>Takes an entry, which is then written whole; after <see cref="Dispose"/> it is dropped.</summary>
    public void Write(ReadOnlySpan<byte> entry)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            if (entry.Length > MaxWaiting - _length)
            {
                _lost++;
                return;
            }

            if (entry.Length > _waiting.Length - _length)
            {
                Array.Resize(ref _waiting, Math.Max(2 * _waiting.Length, _length + entry.Length));
            }

            entry.CopyTo(_waiting.AsSpan(_length));
            _length += entry.Length;
            if (_sleeps)
            {
                _sleeps = false;
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Writes what waits, for as long as somebody reads it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join(Farewell);
    }

    private void Run()
    {
        var batch = new byte[_waiting.Length];
        while (TryTakeBatch(ref batch, out var length, out var lost))
        {
            try
            {
                _stream.Write(batch.AsSpan(0, length));
                if (lost > 0)
                {
                    _stream.Write(_describeLoss(lost));
                }

                _stream.Flush();
            }
            catch (Exception unread) when (unread is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                // The reader has gone. There is nobody to tell.
            }
        }
    }

    private bool TryTakeBatch(ref byte[] batch, out int length, out long lost)
    {
        lock (_gate)
        {
            while (_length == 0 && !_closed)
            {
                _sleeps = true;
                Monitor.Wait(_gate);
            }

            if (!_closed)
            {
                Monitor.Wait(_gate, Moment);
            }

            (batch, _waiting) = (_waiting, batch);
            (length, lost) = (_length, _lost);
            (_length, _lost, _sleeps) = (0, 0, false);
            return length > 0 || !_closed;
        }
    }
}
