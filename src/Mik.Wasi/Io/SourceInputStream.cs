using System.Buffers;
using Mik.Wasi.Http;

namespace Mik.Wasi.Io;

/// <summary>
/// Reads an asynchronous <see cref="Stream"/> of the host. At most one read is under way, into a buffer the guest then empties;
/// nothing is read ahead of what the guest asks or waits for.
/// </summary>
internal sealed class SourceInputStream : InputStream
{
    // 16 KiB: what Kestrel and SocketsHttpHandler have at hand per read, give or take.
    private const int BufferBytes = 16 * 1024;

    private readonly Stream _source;
    private readonly TimeSpan? _readTimeout;
    private readonly Func<Exception, HttpErrorCode> _explain;
    private readonly Action<Task?>? _onDrop;
    private readonly Action _signal;
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private Task<int>? _pending;
    private CancellationTokenSource? _timeout;
    private StreamError? _ended;

    /// <param name="context">The guest's.</param>
    /// <param name="parent">The body this is the content of.</param>
    /// <param name="source">Read by this object alone; not disposed.</param>
    /// <param name="readTimeout">How long one read may take.</param>
    /// <param name="explain">Names a failed read in HTTP's words.</param>
    /// <param name="onDrop">Runs when the guest is done with the stream; gets the read that is still under way, if any.</param>
    public SourceInputStream(
        WasiContext context,
        GuestResource? parent,
        Stream source,
        TimeSpan? readTimeout,
        Func<Exception, HttpErrorCode> explain,
        Action<Task?>? onDrop = null)
        : base(context, parent)
    {
        _source = source;
        _readTimeout = readTimeout;
        _explain = explain;
        _onDrop = onDrop;
        _signal = context.WakeUp.Signal;
    }

    public override bool IsReady => _start < _end || _ended is not null || _pending is { IsCompleted: true };

    public override void Arm()
    {
        if (IsReady || _pending is not null)
        {
            return;
        }

        if (_buffer.Length == 0)
        {
            Charge(BufferBytes);
            _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        }

        try
        {
            var read = _source.ReadAsync(_buffer, TokenOfRead());
            if (read.IsCompletedSuccessfully)
            {
                Accept(read.Result);
                return;
            }

            _pending = read.AsTask();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            Fail(e);
            return;
        }

        _pending.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_signal);
    }

    public override ReadOnlyMemory<byte> Read(int max, out StreamError? error)
    {
        Arm();
        Harvest();
        if (_start < _end)
        {
            error = null;
            var count = Math.Min(max, _end - _start);
            var bytes = _buffer.AsMemory(_start, count);
            _start += count;
            return bytes;
        }

        // The failure is told once; from then on the stream is simply closed.
        error = _ended;
        if (_ended is { IsClosed: false })
        {
            _ended = StreamError.Closed;
        }

        return default;
    }

    protected override void OnDrop()
    {
        _timeout?.Cancel();
        _timeout?.Dispose();

        // A read that is still under way owns the buffer; it is then left to the collector.
        if (_pending is null && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        _start = _end = 0;
        _ended ??= StreamError.Closed;
        _onDrop?.Invoke(_pending);
    }

    private CancellationToken TokenOfRead()
    {
        if (_readTimeout is not { } limit)
        {
            return Context.Lifetime;
        }

        _timeout?.Dispose();
        _timeout = Context.StartTimeout(limit);
        return _timeout.Token;
    }

    private void Harvest()
    {
        if (_pending is not { IsCompleted: true } done)
        {
            return;
        }

        _pending = null;
        if (done.IsCompletedSuccessfully)
        {
            Accept(done.Result);
        }
        else
        {
            Fail(done.Exception?.InnerException ?? new OperationCanceledException());
        }
    }

    private void Accept(int count)
    {
        _start = 0;
        _end = count;
        if (count == 0)
        {
            _ended = StreamError.Closed;
        }
    }

    private void Fail(Exception failure)
    {
        var code = _timeout is { IsCancellationRequested: true } ? new HttpErrorCode(HttpErrorKind.ConnectionReadTimeout) : _explain(failure);
        _ended = StreamError.Failed(new IoError(Context, code.ToString(), code));
    }
}
