using System.Buffers;
using System.IO.Pipelines;
using Mik.Wasi.Io;

namespace Mik.Wasi.Http;

/// <summary>
/// A body the guest writes and the host passes on. Until it is on its way (the response is set, the request handled) it collects
/// what is written, up to a limit; from then on the guest waits when the reader is slower. Written by the guest's thread alone,
/// read by one reader at a time on any thread.
/// </summary>
public sealed class GuestBody
{
    private readonly Lock _gate = new();
    private readonly WakeUp? _writer;
    private readonly HostBudget? _budget;
    private readonly WasiLimits _limits;
    private ArrayBufferWriter<byte> _filling = new(); // guarded by _gate
    private ArrayBufferWriter<byte> _reading = new(); // the reader's
    private TaskCompletionSource? _waitingReader; // guarded by _gate
    private TaskCompletionSource? _patientReader; // guarded by _gate
    private State _state; // guarded by _gate
    private bool _sending; // guarded by _gate
    private bool _anyTaken; // guarded by _gate
    private string _abortReason = ""; // guarded by _gate
    private IReadOnlyList<HttpField> _trailers = []; // guarded by _gate

    internal GuestBody(WasiLimits limits, WakeUp? writer, HostBudget? budget = null)
    {
        _budget = budget;
        _limits = limits;
        _writer = writer;
    }

    private enum State
    {
        /// <summary>More may come.</summary>
        Open,

        /// <summary>All of it was written.</summary>
        Complete,

        /// <summary>The rest will never come.</summary>
        Aborted,

        /// <summary>The reader lost interest.</summary>
        Stopped,
    }

    /// <summary>The body's length, if all of it was written before any of it was read.</summary>
    public long? CompleteLength
    {
        get
        {
            lock (_gate)
            {
                return _state == State.Complete && !_anyTaken ? _filling.WrittenCount : null;
            }
        }
    }

    /// <summary>What follows the body; known once it was read to its end.</summary>
    public IReadOnlyList<HttpField> Trailers
    {
        get
        {
            lock (_gate)
            {
                return _trailers;
            }
        }
    }

    /// <summary>Bytes that may be written now; <see langword="null"/> when nothing is accepted any more.</summary>
    internal int? Room
    {
        get
        {
            lock (_gate)
            {
                return _state == State.Open ? RoomUnderLock : null;
            }
        }
    }

    private int RoomUnderLock =>
        Math.Max(0, (_sending ? _limits.BodyWindowBytes : _limits.MaxUnsentBodyBytes) - _filling.WrittenCount);

    /// <summary>Whether someone reads, or will soon.</summary>
    internal bool IsSending
    {
        get
        {
            lock (_gate)
            {
                return _sending;
            }
        }
    }

    /// <summary>The next bytes, as soon as there are any. They stay valid until the next call; none means the end.</summary>
    /// <exception cref="BodyAbortedException">The guest did not complete the body.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        await WaitAsync(cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            if (_filling.WrittenCount == 0)
            {
                return _state == State.Complete ? default : throw new BodyAbortedException(_abortReason);
            }

            _reading.ResetWrittenCount();
            (_reading, _filling) = (_filling, _reading);
            _budget?.Return(_reading.WrittenCount);
            _anyTaken = true;
        }

        _writer?.Signal();
        return _reading.WrittenMemory;
    }

    /// <summary>Waits for the first bytes or the end, and says whether there are any bytes.</summary>
    public async ValueTask<bool> AnyAsync(CancellationToken cancellation)
    {
        await WaitAsync(cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            return _anyTaken || _filling.WrittenCount > 0;
        }
    }

    /// <summary>
    /// Waits for the body to be whole, unless that takes its time: not longer than until the guest waits for something itself, or has
    /// written as much as it may. What awaits this goes on at once on the guest's thread, in the middle of the guest, and must not block.
    /// </summary>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="time">The clock for that.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async ValueTask WaitForWholeAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        TaskCompletionSource reader;
        lock (_gate)
        {
            if (_state != State.Open || RoomUnderLock == 0)
            {
                return;
            }

            reader = _patientReader = new TaskCompletionSource();
        }

        using var timeUp = patience == Timeout.InfiniteTimeSpan
            ? null
            : time.CreateTimer(static reader => ((TaskCompletionSource)reader!).TrySetResult(), reader, patience, Timeout.InfiniteTimeSpan);
        using var registration = cancellation.UnsafeRegister(static reader => ((TaskCompletionSource)reader!).TrySetResult(), reader);
        await reader.Task.ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Copies the body to its end, flushing whenever nothing more is at hand.</summary>
    /// <exception cref="BodyAbortedException">The guest did not complete the body.</exception>
    public async Task CopyToAsync(PipeWriter destination, CancellationToken cancellation)
    {
        for (var bytes = await ReadAsync(cancellation).ConfigureAwait(false);
             !bytes.IsEmpty;
             bytes = await ReadAsync(cancellation).ConfigureAwait(false))
        {
            var flushed = await destination.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                Stop();
                return;
            }
        }
    }

    /// <summary>Copies the body to its end, flushing whenever nothing more is at hand.</summary>
    /// <exception cref="BodyAbortedException">The guest did not complete the body.</exception>
    public async Task CopyToAsync(Stream destination, CancellationToken cancellation)
    {
        for (var bytes = await ReadAsync(cancellation).ConfigureAwait(false);
             !bytes.IsEmpty;
             bytes = await ReadAsync(cancellation).ConfigureAwait(false))
        {
            await destination.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            await destination.FlushAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Says that nobody will read on: what the guest still writes fails, and it does not wait.</summary>
    public void Stop() => End(State.Stopped, "nobody reads the body any more");

    /// <summary>A body that is complete from the start.</summary>
    internal static GuestBody Of(ReadOnlySpan<byte> content)
    {
        var body = new GuestBody(new WasiLimits(), writer: null);
        body.Write(content);
        body.Complete([]);
        return body;
    }

    internal void StartSending()
    {
        lock (_gate)
        {
            _sending = true;
        }
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        _budget?.Take(bytes.Length);
        TaskCompletionSource? reader;
        bool isFull;
        lock (_gate)
        {
            _filling.Write(bytes);
            (reader, _waitingReader) = (_waitingReader, null);
            isFull = RoomUnderLock == 0;
        }

        reader?.SetResult();
        if (isFull)
        {
            EndPatience();
        }
    }

    /// <summary>Whoever waits for the whole body is to take what there is.</summary>
    internal void EndPatience()
    {
        TaskCompletionSource? reader;
        lock (_gate)
        {
            (reader, _patientReader) = (_patientReader, null);
        }

        reader?.TrySetResult();
    }

    internal void Complete(IReadOnlyList<HttpField> trailers)
    {
        lock (_gate)
        {
            _trailers = trailers;
        }

        End(State.Complete, "");
    }

    internal void Abort(string reason) => End(State.Aborted, reason);

    private void End(State state, string reason)
    {
        TaskCompletionSource? reader;
        lock (_gate)
        {
            if (_state != State.Open)
            {
                return;
            }

            _state = state;
            _abortReason = reason;
            if (state == State.Stopped || (state == State.Aborted && !_sending))
            {
                // Nobody will read it any more.
                _budget?.Return(_filling.WrittenCount);
                _filling = new ArrayBufferWriter<byte>();
            }

            (reader, _waitingReader) = (_waitingReader, null);
        }

        reader?.SetResult();
        EndPatience();
        _writer?.Signal();
    }

    private Task WaitAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_filling.WrittenCount > 0 || _state != State.Open)
            {
                return Task.CompletedTask;
            }

            _waitingReader ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waitingReader.Task.WaitAsync(cancellation);
        }
    }
}
