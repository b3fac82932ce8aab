using System.Net.Sockets;
using System.Text;

namespace Mik.EndToEnd.Tests;

/// <summary>A connection on which a test sees what an HTTP client would hide: framing, trailers, and how it ends.</summary>
internal sealed class RawExchange : IDisposable
{
    private readonly TcpClient _connection = new() { NoDelay = true };
    private readonly CancellationTokenSource _timeout = new(MikProcess.Patience);

    private NetworkStream Stream => _connection.GetStream();

    public static async Task<RawExchange> OpenAsync(Uri server)
    {
        var exchange = new RawExchange();
        await exchange._connection.ConnectAsync(server.Host, server.Port, exchange._timeout.Token);
        return exchange;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => Stream.WriteAsync(bytes, _timeout.Token).AsTask();

    /// <summary>Reads until a text has been seen.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        while (!seen.ToString().Contains(end, StringComparison.Ordinal))
        {
            var count = await ReadAsync(buffer);
            seen.Append(count > 0 ? Encoding.Latin1.GetString(buffer, 0, count) : throw new EndOfStreamException($"ended after:\n{seen}"));
        }

        return seen.ToString();
    }

    /// <summary>Reads to the end of the connection. A connection that is reset is an <see cref="IOException"/>.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        for (var count = await ReadAsync(buffer); count > 0; count = await ReadAsync(buffer))
        {
            seen.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return seen.ToString();
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => Stream.ReadAsync(buffer, _timeout.Token);

    public void Dispose()
    {
        _connection.Dispose();
        _timeout.Dispose();
    }
}
