using System.Net.Sockets;
using Mik.Wasi.Io;

namespace Mik.Wasi.Sockets;

/// <summary>What a connection receives, left in the system's buffers until the guest takes it.</summary>
internal sealed class TcpInputStream(TcpSocket socket) : InputStream(socket.Context, socket)
{
    private byte[] _buffer = [];
    private Task? _waiting;
    private StreamError? _ended;

    public override bool IsReady => _ended is not null || _waiting is { IsCompleted: true };

    public override void Arm()
    {
        if (_ended is null && _waiting is null)
        {
            // Of no bytes: completes when there is something, the end included.
            _waiting = socket.Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, Context.Lifetime).AsTask();
            _waiting.ConfigureAwait(false).GetAwaiter().OnCompleted(Context.WakeUp.Signal);
        }
    }

    public override ReadOnlyMemory<byte> Read(int max, out StreamError? error)
    {
        error = _ended;
        if (_ended is { IsClosed: false })
        {
            _ended = StreamError.Closed;
        }

        if (error is not null || max == 0)
        {
            return default;
        }

        if (_buffer.Length < max)
        {
            Charge(max - _buffer.Length);
            _buffer = new byte[max];
        }

        var count = socket.Socket.Receive(_buffer.AsSpan(0, max), SocketFlags.None, out var failure);
        if (failure == SocketError.WouldBlock)
        {
            // Whoever was told of something that is no longer there waits anew.
            _waiting = _waiting is { IsCompleted: true } ? null : _waiting;
            return default;
        }

        _waiting = _waiting is { IsCompleted: true } ? null : _waiting;
        if (failure != SocketError.Success || count == 0)
        {
            error = failure == SocketError.Success ? StreamError.Closed : StreamError.Failed(IoError.OfSocket(Context, SocketFailures.Of(failure)));
            _ended = StreamError.Closed;
            return default;
        }

        return _buffer.AsMemory(0, count);
    }

    /// <summary>The guest does not want more.</summary>
    public void Close() => _ended ??= StreamError.Closed;
}
