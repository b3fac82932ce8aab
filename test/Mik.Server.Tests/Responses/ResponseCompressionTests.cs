using System.IO.Compression;
using System.Net;
using System.Text;
using Mik.Server.Execution;
using Mik.Server.Tests.Fakes;
using Mik.Wasi.Http;
using Xunit;

namespace Mik.Server.Tests.Responses;

public sealed class ResponseCompressionTests
{
    private static readonly string Text = string.Concat(Enumerable.Repeat("all work and no play\n", 200));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, br", "br")]
    [InlineData("br;q=0.5, gzip;q=0.8", "gzip")]
    [InlineData("*", "br")]
    [InlineData("gzip;q=0", "")]
    [InlineData("gzip;q=0.1, identity", "")]
    [InlineData("deflate", "")]
    [InlineData("br;q=0, gzip;q=0, *;q=0", "")]
    public async Task The_client_chooses_and_caches_are_told(string accepted, string encoding)
    {
        await using var server = await StartAsync(run => run.Answer(Text, 200, new HttpField("content-type", "text/plain")));

        using var response = await GetAsync(server, accepted);

        Assert.Equal(encoding, string.Join(',', response.Content.Headers.ContentEncoding));
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        Assert.Equal(Text, await ReadAsync(response));
        Assert.Equal("play", Assert.Single(response.Headers.GetValues("X-Mik-Handler")));
    }

    [Theory]
    [InlineData("image/png", "", "")]
    [InlineData("application/zip", "", "")]
    [InlineData("text/plain", "content-encoding", "br")]
    [InlineData("text/plain", "cache-control", "no-transform")]
    [InlineData("text/plain", "content-range", "bytes 0-4199/9999")]
    public async Task What_must_stay_as_it_is_stays(string type, string name, string value)
    {
        HttpField[] headers = name.Length == 0 ? [new("content-type", type)] : [new("content-type", type), new(name, value)];
        await using var server = await StartAsync(run => run.Answer(Text, 200, headers));

        using var response = await GetAsync(server, "gzip");

        Assert.DoesNotContain("gzip", response.Content.Headers.ContentEncoding);
        Assert.Equal(Text, await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Small_answers_are_sent_as_they_are()
    {
        await using var server = await StartAsync(static run => run.Answer("small", 200, new HttpField("content-type", "text/plain")));

        using var response = await GetAsync(server, "gzip");

        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Equal(5, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_strong_tag_becomes_weak()
    {
        await using var server = await StartAsync(run => run.Answer(Text, 200, new("content-type", "text/plain"), new("etag", "\"v1\"")));

        using var compressed = await GetAsync(server, "gzip");
        using var plain = await server.GetAsync("/run/play/");

        Assert.Equal("W/\"v1\"", compressed.Headers.ETag!.ToString());
        Assert.Equal("\"v1\"", plain.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task What_is_streamed_arrives_piece_by_piece()
    {
        var goOn = new TaskCompletionSource();
        await using var server = await StartAsync(run =>
        {
            var body = run.Start(200, new HttpField("content-type", "text/event-stream"));
            body.Write("data: one\n\n");
            goOn.Task.Wait(run.Stop);
            body.Write("data: two\n\n");
            body.Complete();
            return new HandlerEnd(HandlerEndKind.Answered);
        });

        using var response = await GetAsync(server, "gzip", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = new GZipStream(await response.Content.ReadAsStreamAsync(Cancellation), CompressionMode.Decompress);
        var buffer = new byte[64];
        var count = await stream.ReadAsync(buffer, Cancellation);

        Assert.Equal("data: one\n\n", Encoding.UTF8.GetString(buffer, 0, count));
        goOn.SetResult();
        Assert.Equal("data: two\n\n", await new StreamReader(stream).ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task A_head_without_body_yet_reaches_the_client()
    {
        var seen = new TaskCompletionSource();
        await using var server = await StartAsync(run =>
        {
            var body = run.Start(200, new HttpField("content-type", "text/plain"));
            seen.Task.Wait(run.Stop);
            body.Complete();
            return new HandlerEnd(HandlerEndKind.Answered);
        });

        using var response = await GetAsync(server, "gzip", HttpCompletionOption.ResponseHeadersRead);
        seen.SetResult();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("", await ReadAsync(response));
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_not_taken_for_whole()
    {
        await using var server = await StartAsync(static run =>
        {
            var body = run.Start(200, new HttpField("content-type", "text/plain"));
            body.Write(Text + Text);
            body.Abort();
            return new HandlerEnd(HandlerEndKind.Trapped);
        });

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var response = await GetAsync(server, "gzip");
            await ReadAsync(response);
        });
    }

    [Fact]
    public async Task It_can_be_turned_off()
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["play"] = run => run.Answer(Text, 200, new HttpField("content-type", "text/plain")) },
            configure: static config => config with { Server = config.Server with { Compression = false } });

        using var response = await GetAsync(server, "gzip");

        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    private static Task<TestServer> StartAsync(Func<FakeRun, HandlerEnd> guest) =>
        TestServer.StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["play"] = guest });

    private static async Task<HttpResponseMessage> GetAsync(
        TestServer server, string accepted, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/run/play/");
        request.Headers.AcceptEncoding.ParseAdd(accepted);
        return await server.Client.SendAsync(request, completion, Cancellation);
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response)
    {
        var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        using var reader = new StreamReader(response.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            "gzip" => new GZipStream(stream, CompressionMode.Decompress),
            _ => stream,
        });
        return await reader.ReadToEndAsync(Cancellation);
    }
}
