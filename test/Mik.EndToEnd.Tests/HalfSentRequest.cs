using System.Net.Sockets;
using System.Text;

namespace Mik.EndToEnd.Tests;

/// <summary>A request to the echoing guest that stays in flight until its body, <c>abcd</c>, is finished.</summary>
internal sealed class HalfSentRequest : IDisposable
{
    private readonly TcpClient _connection = new() { NoDelay = true };

    public static async Task<HalfSentRequest> StartAsync(Uri server)
    {
        var request = new HalfSentRequest();
        await request._connection.ConnectAsync(server.Host, server.Port);
        var stream = request._connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /run/http_echo/ HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab"));

        // The first byte of the answer proves that the guest is running.
        using var timeout = new CancellationTokenSource(MikProcess.Patience);
        await stream.ReadExactlyAsync(new byte[1], timeout.Token);
        return request;
    }

    /// <summary>Sends the rest; what is left of the answer, without the framing of chunks at its end.</summary>
    public async Task<string> FinishAsync()
    {
        using var timeout = new CancellationTokenSource(MikProcess.Patience);
        var stream = _connection.GetStream();
        await stream.WriteAsync("cd"u8.ToArray(), timeout.Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return (await reader.ReadToEndAsync(timeout.Token)).Replace("\r\n0\r\n\r\n", "", StringComparison.Ordinal);
    }

    public void Dispose() => _connection.Dispose();
}
