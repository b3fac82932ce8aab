using System.Net;
using System.Net.Sockets;

namespace Mik.Benchmarks.Serving;

/// <summary>A server that takes requests and answers none until it is told to.</summary>
internal sealed class SlowUpstream : IAsyncDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private int _waiting;

    public SlowUpstream()
    {
        _listener.Start(backlog: 4096);
        _accepting = AcceptAsync();
    }

    public string Authority => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How many requests are here.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Answers all of them, and those to come at once.</summary>
    public void Release() => _release.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (SocketException)
        {
            // It is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                // The head fits into one packet: it is a handler's, with few headers.
                await client.GetStream().ReadAtLeastAsync(new byte[4096], 1);
                Interlocked.Increment(ref _waiting);
                await _release.Task;
                await client.GetStream().WriteAsync(Answer);
                Interlocked.Decrement(ref _waiting);
            }
            catch (IOException)
            {
                // Whoever asked has gone.
            }
        }
    }
}
