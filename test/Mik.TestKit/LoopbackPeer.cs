using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Mik.TestKit;

/// <summary>The other side of connections: listens on loopback and does with each connection what it was told.</summary>
public sealed class LoopbackPeer : IAsyncDisposable
{
    // A test may open a thousand connections before the first is taken.
    private const int Backlog = 4096;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<NetworkStream, Task> _serve;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <summary>Begins to listen.</summary>
    /// <param name="serve">Gets a connection and does what it likes with it; afterwards there is nothing more to read for the client.</param>
    public LoopbackPeer(Func<NetworkStream, Task> serve)
    {
        _serve = serve;
        _listener.Start(Backlog);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens: a port that was free.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where it listens, as an address says it.</summary>
    public string Authority => $"127.0.0.1:{Port}";

    /// <summary>Listens no more, and closes the connections that are left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await using var closing = _stop.Token.UnsafeRegister(static stream => ((NetworkStream)stream!).Dispose(), stream);
        try
        {
            await _serve(stream);

            // Closing with something left to read would take from the client what is on its way to it.
            socket.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException)
        {
            // Either side has seen enough.
        }
    }
}
