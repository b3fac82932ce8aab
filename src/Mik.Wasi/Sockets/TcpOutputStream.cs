using System.Net.Sockets;
using Mik.Wasi.Io;

namespace Mik.Wasi.Sockets;

/// <summary>What a connection sends. Bytes that the system does not take at once are kept, and nothing more is accepted meanwhile.</summary>
internal sealed class TcpOutputStream(TcpSocket socket) : OutputStream(socket.Context, socket)
{
    private const int WindowBytes = 64 * 1024;

    private Task? _sending;
    private bool _closed;

    public override bool IsReady => _sending is not { IsCompleted: false };

    public override int CheckWrite(out StreamError? error)
    {
        error = Settle();
        return error is null && IsReady ? WindowBytes : 0;
    }

    public override StreamError? Write(ReadOnlySpan<byte> bytes)
    {
        if (Settle() is { } error)
        {
            return error;
        }

        while (!bytes.IsEmpty)
        {
            var count = socket.Socket.Send(bytes, SocketFlags.None, out var failure);
            if (failure is SocketError.WouldBlock)
            {
                _sending = SendAsync(bytes.ToArray());
                _sending.ConfigureAwait(false).GetAwaiter().OnCompleted(Context.WakeUp.Signal);
                return null;
            }

            if (failure != SocketError.Success)
            {
                return Fail(SocketFailures.Of(failure));
            }

            bytes = bytes[count..];
        }

        return null;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.Socket.SendAsync(bytes, SocketFlags.None, Context.Lifetime).ConfigureAwait(false)..];
        }
    }

    private StreamError? Settle()
    {
        if (_sending is { IsCompleted: true } done)
        {
            _sending = null;
            if (!done.IsCompletedSuccessfully)
            {
                return Fail(SocketFailures.Of(done.Exception?.InnerException ?? new OperationCanceledException()));
            }
        }

        return _closed ? StreamError.Closed : null;
    }

    private StreamError Fail(SocketFailure failure)
    {
        _closed = true;
        return StreamError.Failed(IoError.OfSocket(Context, failure));
    }
}
