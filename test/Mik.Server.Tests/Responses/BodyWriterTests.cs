using System.IO.Compression;
using System.Net;
using Mik.Server.Execution;
using Mik.Server.Tests.Fakes;
using Mik.Wasi.Http;
using Xunit;

namespace Mik.Server.Tests.Responses;

public sealed class BodyWriterTests
{
    private static readonly HttpField[] Sent =
    [
        new("x-sum", "1"), new("content-length", "9"), new("x-request-id", "forged"), new("transfer-encoding", "gzip"), new("x-sum", "2"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_fields_that_may_come_late_are_trailers()
    {
        await using var server = await StartAsync("text");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/run/late")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await server.Client.SendAsync(request, Cancellation);

        Assert.Equal("text", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(["1", "2"], Assert.Single(answer.TrailingHeaders).Value);
    }

    [Fact]
    public async Task Chunks_are_framed_for_http_1_clients_that_want_trailers()
    {
        await using var server = await StartAsync("text");
        using var connection = await RawConnection.OpenAsync(server.Server.Url);

        await connection.SendAsync("GET /run/late HTTP/1.1\r\nHost: x\r\nTE: gzip;q=0.5, Trailers\r\n\r\n");

        Assert.EndsWith("\r\n\r\n4\r\ntext\r\n0\r\nx-sum: 1\r\nx-sum: 2\r\n\r\n", await connection.ReadUntilAsync("x-sum: 2\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Framed_chunks_are_not_compressed()
    {
        var text = new string('x', 5000);
        await using var server = await StartAsync(text, new HttpField("content-type", "text/plain"));
        using var connection = await RawConnection.OpenAsync(server.Server.Url);

        await connection.SendAsync("GET /run/late HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nAccept-Encoding: gzip, br\r\n\r\n");

        Assert.EndsWith($"1388\r\n{text}\r\n0\r\nx-sum: 1\r\nx-sum: 2\r\n\r\n", await connection.ReadUntilAsync("x-sum: 2\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trailers_follow_a_compressed_body_over_http_2()
    {
        var text = new string('x', 5000);
        await using var server = await StartAsync(text, new HttpField("content-type", "text/plain"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/run/late")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "accept-encoding", "gzip" } },
        };

        using var answer = await server.Client.SendAsync(request, Cancellation);

        using var plain = new StreamReader(new GZipStream(await answer.Content.ReadAsStreamAsync(Cancellation), CompressionMode.Decompress));
        Assert.Equal(text, await plain.ReadToEndAsync(Cancellation));
        Assert.Equal(["1", "2"], answer.TrailingHeaders.GetValues("x-sum"));
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1", "")]
    [InlineData("GET", "HTTP/1.0", "TE: trailers\r\n")]
    [InlineData("HEAD", "HTTP/1.1", "TE: trailers\r\n")]
    public async Task Others_get_none(string method, string version, string header)
    {
        await using var server = await StartAsync("text");
        using var connection = await RawConnection.OpenAsync(server.Server.Url);

        await connection.SendAsync($"{method} /run/late {version}\r\nHost: x\r\nConnection: close\r\n{header}\r\n");

        var answer = await connection.ReadUntilAsync("(nothing)");
        Assert.DoesNotContain("x-sum", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", answer, StringComparison.Ordinal);
        Assert.EndsWith(method == "GET" ? "\r\n\r\ntext" : "\r\n\r\n", answer, StringComparison.Ordinal);
    }

    private static Task<TestServer> StartAsync(string text, params HttpField[] headers) => TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
    {
        ["late"] = run =>
        {
            var body = FakeBody.Of(text);
            body.Trailers = Sent;
            return run.Answer(body, headers);
        },
    });
}
