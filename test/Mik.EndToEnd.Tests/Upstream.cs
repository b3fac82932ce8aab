using System.Net.Sockets;
using System.Text;

namespace Mik.EndToEnd.Tests;

/// <summary>A server of the test's own that handlers send requests to; each request is answered with the bytes a function gives.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly LoopbackPeer _peer;

    /// <param name="answer">Gets the request's head and writes what it likes; the connection is closed afterwards.</param>
    public Upstream(Func<string, NetworkStream, Task> answer) => _peer = new LoopbackPeer(async stream =>
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        await answer(head.ToString(), stream);
    });

    public string Authority => _peer.Authority;

    public static Func<string, NetworkStream, Task> With(string response) => (_, stream) => SendAsync(stream, response);

    public static Task SendAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    public ValueTask DisposeAsync() => _peer.DisposeAsync();
}
