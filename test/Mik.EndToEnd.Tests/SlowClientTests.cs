using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Clients that take their time are let go; whoever is quick never notices them.</summary>
public sealed class SlowClientTests(SlowClientTests.ImpatientProject project) : IClassFixture<SlowClientTests.ImpatientProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("GET /run/http_hello/ HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    [InlineData("PRI * HTTP/2.0\r\n")]
    public async Task Headers_that_do_not_arrive_end_the_connection(string beginning)
    {
        using var connection = await ConnectAsync(beginning);

        Assert.Equal("hello\n", await project.Server.Client.GetStringAsync("/run/http_hello/", Cancellation));
        var answer = await ReadToEndAsync(connection);

        Assert.DoesNotContain("200", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        using var connection = await ConnectAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK", await ReadToEndAsync(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_trickles_is_a_problem_and_no_failure_of_the_handler()
    {
        using var connection = await ConnectAsync("POST /run/http_echo/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var trickling = TrickleAsync(connection, done.Token);

        var answer = await ReadToEndAsync(connection);

        await done.CancelAsync();
        await trickling;
        Assert.DoesNotContain("\r\n0\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"closed\"", await project.Server.Client.GetStringAsync("/_mik/handlers", Cancellation), StringComparison.Ordinal);
    }

    private static async Task TrickleAsync(TcpClient connection, CancellationToken done)
    {
        try
        {
            while (!done.IsCancellationRequested)
            {
                await connection.GetStream().WriteAsync("x"u8.ToArray(), done);
                await Task.Delay(TimeSpan.FromMilliseconds(100), done);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
            // The server has had enough, or the test has.
        }
    }

    private static async Task<string> ReadToEndAsync(TcpClient connection)
    {
        using var timeout = new CancellationTokenSource(MikProcess.Patience);
        var bytes = new MemoryStream();
        try
        {
            await connection.GetStream().CopyToAsync(bytes, timeout.Token);
        }
        catch (IOException)
        {
            // Reset instead of closed: ended as well.
        }

        return Encoding.Latin1.GetString(bytes.ToArray());
    }

    private async Task<TcpClient> ConnectAsync(string beginning)
    {
        var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(project.Server.Address.Host, project.Server.Address.Port, Cancellation);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), Cancellation);
        return connection;
    }

    /// <summary>A server with little patience.</summary>
    public sealed class ImpatientProject : ServedProject
    {
        protected override void Prepare() => Project
            .Write("mik.toml", "[http]\nheader_timeout_secs = 1\nkeep_alive_secs = 1\nmin_bytes_per_sec = 1000\n")
            .AddHandler("http_hello")
            .AddHandler("http_echo");
    }
}
