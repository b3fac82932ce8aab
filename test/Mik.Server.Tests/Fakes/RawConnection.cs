using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Mik.Server.Tests.Fakes;

/// <summary>A connection on which a test writes and reads bytes, for what no HTTP client would send.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client;

    private RawConnection(TcpClient client) => _client = client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RawConnection> OpenAsync(string url)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", new Uri(url).Port, Cancellation);
        return new RawConnection(client);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes, Cancellation);

    /// <summary>Reads until the text has been seen, or the connection ends.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        while (!seen.ToString().Contains(end, StringComparison.Ordinal))
        {
            var count = await _client.GetStream().ReadAsync(buffer, Cancellation);
            if (count == 0)
            {
                break;
            }

            seen.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return seen.ToString();
    }

    public void Dispose() => _client.Dispose();
}
