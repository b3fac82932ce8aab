using System.Net.Sockets;
using Mik.TestKit;

namespace Mik.Benchmarks.Serving;

/// <summary>A server that takes requests and answers none until it is told to.</summary>
internal sealed class SlowUpstream : IAsyncDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"u8.ToArray();

    private readonly LoopbackPeer _peer;
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    public SlowUpstream() => _peer = new LoopbackPeer(ServeAsync);

    public string Authority => _peer.Authority;

    /// <summary>How many requests are here.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Answers all of them, and those to come at once.</summary>
    public void Release() => _release.TrySetResult();

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private async Task ServeAsync(NetworkStream stream)
    {
        // The head fits into one packet: it is a handler's, with few headers.
        await stream.ReadAtLeastAsync(new byte[4096], 1);
        Interlocked.Increment(ref _waiting);
        await _release.Task;
        await stream.WriteAsync(Answer);
        Interlocked.Decrement(ref _waiting);
    }
}
