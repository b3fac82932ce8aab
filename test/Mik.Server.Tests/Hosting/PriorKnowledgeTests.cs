using System.Net;
using Mik.Server.Execution;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Hosting;

public sealed class PriorKnowledgeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Dictionary<string, Func<FakeRun, HandlerEnd>> Echo => new()
    {
        ["echo"] = run => run.Answer($"{run.Request.PathAndQuery} {run.Request.Authority}"),
    };

    [Fact]
    public async Task Http2_streams_run_beside_each_other()
    {
        await using var server = await TestServer.StartAsync(Echo);
        using var client = Http2Client(server);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => client.GetStringAsync($"/run/echo/{i}", Cancellation)));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"/{i} {client.BaseAddress!.Authority}"), answers);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_first_line_may_come_in_pieces(int pieceLength)
    {
        await using var server = await TestServer.StartAsync(Echo);
        using var connection = await RawConnection.OpenAsync(server.Server.Url);
        foreach (var piece in "PRI /run/echo/x HTTP/1.1\r\nHost: h\r\n\r\n".Chunk(pieceLength))
        {
            await connection.SendAsync(new string(piece));
        }

        Assert.Contains("/x h", await connection.ReadUntilAsync("/x h"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_ends_idle_and_silent_connections_at_once()
    {
        await using var server = await TestServer.StartAsync(Echo);
        using var http2 = Http2Client(server);
        using var silent = await RawConnection.OpenAsync(server.Server.Url);
        await http2.GetStringAsync("/run/echo/", Cancellation);
        await server.GetStringAsync("/run/echo/");

        await server.Server.StopAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        Assert.Equal("", await silent.ReadUntilAsync("anything"));
    }

    private static HttpClient Http2Client(TestServer server) => new()
    {
        BaseAddress = new Uri(server.Server.Url),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
