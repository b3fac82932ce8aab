using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Bodies pass through handlers piece by piece, in both directions and both protocols, at the pace of the slower side.</summary>
public sealed class StreamingTests(StreamingProject project) : IClassFixture<StreamingProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MikProcess Server => project.Server;

    [Theory]
    [InlineData("before=10", 10)]
    [InlineData("after=10", 10)]
    [InlineData("before=100000&after=300000", 400_000)]
    [InlineData("before=3000000&piece=1000000", 3_000_000)]
    [InlineData("after=3000000&piece=1000000", 3_000_000)]
    [InlineData("before=5000000&after=5000000&piece=65536&pause=1", 10_000_000)]
    [InlineData("", 0)]
    public async Task A_guest_may_write_before_and_after_it_sets_the_response_in_pieces_of_any_size(string query, int bytes)
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var request = Request(HttpMethod.Get, $"/run/http_stream/?{query}", version);

            using var answer = await Server.Client.SendAsync(request, Cancellation);

            var body = await answer.Content.ReadAsByteArrayAsync(Cancellation);
            Assert.Equal(version, answer.Version);
            Assert.Equal(bytes, body.Length);
            Assert.True(IsPattern(body));
        }
    }

    [Fact]
    public async Task The_answer_begins_while_the_request_is_still_being_sent()
    {
        using var exchange = await RawExchange.OpenAsync(Server.Address);
        await exchange.SendAsync("POST /run/http_echo/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        Assert.Contains("HTTP/1.1 200", await exchange.ReadUntilAsync("first"), StringComparison.Ordinal);

        await exchange.SendAsync("6\r\nsecond\r\n");
        await exchange.ReadUntilAsync("second");

        await exchange.SendAsync("0\r\n\r\n");
        await exchange.ReadUntilAsync("0\r\n\r\n");
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_client_that_stops_reading_stops_the_guest_and_loses_nothing(string version)
    {
        // Far more than what sockets and windows hold on the way: the guest can't take it all unless it is read.
        var content = new MeasuredContent(256 << 20);
        using var request = Request(HttpMethod.Post, "/run/http_echo/", Version.Parse(version), content);
        request.Headers.ExpectContinue = false;
        var before = ProcessMemory.Of(Server.Id);

        var (sent, received) = version == "2.0" ? await OverHttp2Async(request, content) : await OverHttp1Async(content);

        var grown = ProcessMemory.Of(Server.Id) - before;
        Assert.True(sent < content.Length / 2, $"{sent >> 20} MiB were taken although nothing was read");
        Assert.Equal(content.Hash, received);
        Assert.True(grown < 64 << 20, $"{grown >> 20} MiB more in memory");
    }

    [Theory]
    [InlineData("after=100000&trap=1", false)]
    [InlineData("before=100&pause=50&trap=1", true)]
    [InlineData("before=100&pause=50&drop=1", true)]
    [InlineData("after=100000&drop=1", false)]
    public async Task A_truncated_body_is_never_taken_for_a_whole_one(string query, bool hasStarted)
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var request = Request(HttpMethod.Get, $"/run/http_stream/?{query}", version);
            using var answer = await Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

            // A guest that fails before anything was sent gets a problem document, which is the better answer.
            Assert.True(answer.IsSuccessStatusCode || !hasStarted);
            if (answer.IsSuccessStatusCode)
            {
                var failure = await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync(Cancellation));
                Assert.True(failure is HttpRequestException or IOException, failure.ToString());
            }
        }

        // Where only the end of the connection ends a body, it must not be an orderly end.
        using var exchange = await RawExchange.OpenAsync(Server.Address);
        await exchange.SendAsync($"GET /run/http_stream/?{query} HTTP/1.0\r\nHost: x\r\n\r\n");
        if (hasStarted)
        {
            await Assert.ThrowsAsync<IOException>(exchange.ReadToEndAsync);
        }
    }

    [Fact]
    public async Task Trailers_pass_both_ways_over_http_2()
    {
        using var request = Request(HttpMethod.Get, "/run/http_stream/?before=10&after=20&pause=20&trailers=1", HttpVersion.Version20);

        using var answer = await Server.Client.SendAsync(request, Cancellation);

        Assert.Equal(30, (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length);
        Assert.Equal("30", Assert.Single(answer.TrailingHeaders.GetValues("x-bytes")));
    }

    [Theory]
    [InlineData("after=4&trailers=1", "4\r\n\0\u0001\u0002\u0003\r\n0\r\nx-got-x-sum: 7\r\nx-bytes: 4\r\n\r\n")]
    [InlineData("trailers=1", "0\r\nx-got-x-sum: 7\r\nx-bytes: 0\r\n\r\n")]
    [InlineData("", "0\r\nx-got-x-sum: 7\r\n\r\n")]
    public async Task Trailers_pass_both_ways_over_http_1(string query, string expected)
    {
        using var exchange = await RawExchange.OpenAsync(Server.Address);
        await exchange.SendAsync(
            $"POST /run/http_stream/?read=1&{query} HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n" +
            "3\r\nabc\r\n0\r\nX-Sum: 7\r\nX-Request-ID: late\r\n\r\n");

        var answer = await exchange.ReadUntilAsync(expected);
        Assert.Contains("x-read: 3", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Transfer-Encoding: chunked", answer, StringComparison.OrdinalIgnoreCase);

        // The connection is still good. To an older client nothing is sent in chunks, however long the guest takes.
        await exchange.SendAsync("GET /run/http_stream/?after=2 HTTP/1.0\r\nHost: x\r\nTE: trailers\r\n\r\n");
        Assert.EndsWith("\r\n\r\n\0\u0001", await exchange.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trailers_are_not_sent_to_those_who_did_not_ask()
    {
        using var exchange = await RawExchange.OpenAsync(Server.Address);
        await exchange.SendAsync("GET /run/http_stream/?after=2&trailers=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        var answer = await exchange.ReadToEndAsync();
        Assert.DoesNotContain("x-bytes", answer, StringComparison.OrdinalIgnoreCase);

        // With its length when the guest was quick, in chunks on a machine that was not; either way it ends after the body.
        Assert.Matches("(?s)Content-Length: 2\r\n.*\r\n\r\n..$|Transfer-Encoding: chunked\r\n.*\r\n0\r\n\r\n$", answer);
    }

    [Theory]
    [InlineData(103, "38")]
    [InlineData(200, "35")]
    public async Task Interim_responses_are_refused_as_wit_says(int status, string errorCode)
    {
        using var answer = await Server.Client.GetAsync($"/run/http_stream/?early={status}", Cancellation);

        // internal-error for a host that sends none, HTTP-protocol-error for a status that is not interim.
        Assert.Equal(errorCode, Assert.Single(answer.Headers.GetValues("x-early")));
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, Version version, HttpContent? content = null) => new(method, path)
    {
        Version = version,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = content,
    };

    private static bool IsPattern(byte[] body)
    {
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != i % 251)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<(long SentBeforeReading, string Hash)> OverHttp2Async(HttpRequestMessage request, MeasuredContent content)
    {
        using var answer = await Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var sent = await content.StalledAsync();
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        return (sent, Convert.ToHexString(await SHA256.HashDataAsync(body, Cancellation)));
    }

    // HttpClient sends all of an HTTP/1.1 request before it looks at the answer.
    private async Task<(long SentBeforeReading, string Hash)> OverHttp1Async(MeasuredContent content)
    {
        using var exchange = await RawExchange.OpenAsync(Server.Address);
        await exchange.SendAsync(string.Create(
            CultureInfo.InvariantCulture, $"POST /run/http_echo/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {content.Length}\r\n\r\n"));
        var sending = content.SendAsync(exchange.SendAsync);
        var sent = await content.StalledAsync();
        var hash = await ChunkedBody.HashAsync(exchange);
        await sending;
        return (sent, hash);
    }
}
