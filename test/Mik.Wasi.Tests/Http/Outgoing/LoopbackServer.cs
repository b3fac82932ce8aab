using System.Net.Sockets;
using Mik.TestKit;

namespace Mik.Wasi.Tests.Http.Outgoing;

/// <summary>A small HTTP/1.1 server on loopback, one request per connection; answers with the bytes a function gives.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly LoopbackPeer _peer;

    public LoopbackServer(Func<Received, NetworkStream, Task> answer) => _peer = new LoopbackPeer(async stream =>
    {
        var received = await ReceiveAsync(stream);
        lock (Requests)
        {
            Requests.Add(received);
        }

        await answer(received, stream);
    });

    public int Port => _peer.Port;

    public List<Received> Requests { get; } = [];

    public static Task SendAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    public static string Response(int status, string headers, string body) =>
        $"HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {body.Length}\r\n{headers}\r\n{body}";

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private static async Task<Received> ReceiveAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToLookup(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var target = lines[0].Split(' ');
        var body = new MemoryStream();
        if (headers["content-length"].FirstOrDefault() is { } length)
        {
            var bytes = new byte[int.Parse(length)];
            await stream.ReadExactlyAsync(bytes);
            body.Write(bytes);
        }
        else if (headers.Contains("transfer-encoding"))
        {
            await ReceiveChunksAsync(stream, body);
        }

        return new Received(target[0], target[1], headers, Encoding.Latin1.GetString(body.ToArray()));
    }

    private static async Task ReceiveChunksAsync(NetworkStream stream, MemoryStream body)
    {
        while (true)
        {
            var line = new StringBuilder();
            var one = new byte[1];
            while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(one);
                line.Append((char)one[0]);
            }

            var bytes = new byte[int.Parse(line.ToString().Trim(), System.Globalization.NumberStyles.HexNumber) + 2];
            await stream.ReadExactlyAsync(bytes);
            if (bytes.Length == 2)
            {
                return;
            }

            body.Write(bytes.AsSpan(..^2));
        }
    }

    internal sealed record Received(string Method, string Target, ILookup<string, string> Headers, string Body);
}
