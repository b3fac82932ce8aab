using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What handlers send, and what comes of it.</summary>
public sealed partial class FetchTests(FetchingProject project) : IClassFixture<FetchingProject>
{
    private const string Whole = "HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\nok";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MikProcess Server => project.Server;

    [Fact]
    public async Task An_answer_passes_through_with_its_headers_and_trailers()
    {
        await using var upstream = new Upstream(Upstream.With(
            "HTTP/1.1 203 X\r\ntransfer-encoding: chunked\r\nx-a: 1\r\nset-cookie: a\r\nset-cookie: b\r\n\r\n5\r\nfirst\r\n6\r\nsecond\r\n0\r\nx-sum: 11\r\n\r\n"));
        using var request = new HttpRequestMessage(HttpMethod.Get, Path(upstream, "/a%20b?c=%2F"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await Server.Client.SendAsync(request, Cancellation);

        Assert.Equal(203, (int)answer.StatusCode);
        Assert.Equal("firstsecond", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("1", Assert.Single(answer.Headers.GetValues("x-a")));
        Assert.Equal(["a", "b"], answer.Headers.GetValues("set-cookie"));
        Assert.Equal("11", Assert.Single(answer.TrailingHeaders.GetValues("x-sum")));
    }

    [Fact]
    public async Task A_request_passes_through_with_its_trace()
    {
        var seen = new TaskCompletionSource<string>();
        await using var upstream = new Upstream(async (head, stream) =>
        {
            var body = new byte[7];
            await stream.ReadExactlyAsync(body);
            seen.SetResult(head + Encoding.Latin1.GetString(body));
            await Upstream.SendAsync(stream, Whole);
        });
        using var request = new HttpRequestMessage(HttpMethod.Put, Path(upstream, "/p%2Fq?r=s"));
        request.Headers.Add("x-a", "1");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("tracestate", "vendor=1");
        request.Content = new StringContent("ab");

        using var answer = await Server.Client.SendAsync(request, Cancellation);

        Assert.Equal("ok", await answer.Content.ReadAsStringAsync(Cancellation));
        var received = await seen.Task;
        Assert.StartsWith("PUT /p%2Fq?r=s HTTP/1.1\r\n", received, StringComparison.Ordinal);
        Assert.Contains("\r\nx-a: 1\r\n", received, StringComparison.Ordinal);
        Assert.Contains("\r\ntracestate: vendor=1\r\n", received, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n2\r\nab\r\n", received, StringComparison.Ordinal);

        // Of the caller's trace, below a span of this server.
        var trace = TraceParent().Match(received);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", trace.Groups["trace"].Value);
        Assert.NotEqual("b7ad6b7169203331", trace.Groups["span"].Value);
    }

    [Fact]
    public async Task A_redirect_is_the_handler_s_to_follow()
    {
        var requests = 0;
        await using var upstream = new Upstream((_, stream) =>
        {
            requests++;
            return Upstream.SendAsync(stream, "HTTP/1.1 302 X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n");
        });

        using var answer = await Server.Client.GetAsync(Path(upstream, "/"), Cancellation);

        Assert.Equal((HttpStatusCode.Found, 1), (answer.StatusCode, requests));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.2")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("2130706434")]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    public async Task A_star_opens_nothing_inside(string host)
    {
        await using var upstream = new Upstream(Upstream.With(Whole));

        using var answer = await Server.Client.GetAsync($"/run/http_fetch/?to={host}:{upstream.Authority.Split(':')[1]}&path=/", Cancellation);

        // destination-IP-prohibited
        Assert.Equal("error-code 4", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    public async Task An_answer_that_breaks_off_upstream_breaks_off_here(string response)
    {
        await using var upstream = new Upstream(Upstream.With(response));

        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using var answer = await Server.Client.GetAsync(Path(upstream, "/"), Cancellation);
            answer.EnsureSuccessStatusCode();
        });
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_an_error()
    {
        await using var upstream = new Upstream(Upstream.With($"HTTP/1.1 200 X\r\ncontent-length: {(1 << 20) + 1}\r\n\r\n"));

        // HTTP-response-body-size
        Assert.Equal("error-code 28", await (await Server.Client.GetAsync(Path(upstream, "/"), Cancellation)).Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_an_error()
    {
        var over = new TaskCompletionSource();
        await using var upstream = new Upstream((_, _) => over.Task);

        // HTTP-response-timeout
        using var answer = await Server.Client.GetAsync(Path(upstream, "/", "&first=100"), Cancellation);
        over.SetResult();

        Assert.Equal("error-code 33", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static string Path(Upstream upstream, string path, string options = "") => $"/run/http_fetch/?to={upstream.Authority}{options}&path={path}";

    [GeneratedRegex("\r\ntraceparent: 00-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-01\r\n")]
    private static partial Regex TraceParent();
}
