using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.StaticFiles;

public sealed class FileResponderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("page.html", "text/html; charset=utf-8")]
    [InlineData("style.css", "text/css; charset=utf-8")]
    [InlineData("app.js", "text/javascript; charset=utf-8")]
    [InlineData("data.json", "application/json; charset=utf-8")]
    [InlineData("logo.svg", "image/svg+xml")]
    [InlineData("code.wasm", "application/wasm")]
    [InlineData("photo.PNG", "image/png")]
    [InlineData("README", "application/octet-stream")]
    [InlineData("odd.unheardof", "application/octet-stream")]
    public async Task Files_have_their_type_and_their_validators(string name, string type)
    {
        await using var server = await StartAsync(directory => File.WriteAllText(Path.Combine(directory, name), "x"));

        using var response = await server.GetAsync($"/static/{name}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("public, max-age=3600", response.Headers.CacheControl?.ToString());
        Assert.Equal("bytes", Assert.Single(response.Headers.AcceptRanges));
        Assert.False(response.Headers.ETag!.IsWeak);
        Assert.NotNull(response.Content.Headers.LastModified);
        Assert.NotEmpty(response.Headers.GetValues("X-Request-ID"));
    }

    [Fact]
    public async Task What_the_client_has_is_not_sent_again()
    {
        await using var server = await StartAsync(directory => File.WriteAllText(Path.Combine(directory, "a.txt"), "text"));
        using var first = await server.GetAsync("/static/a.txt");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/static/a.txt");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await server.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Parts_are_sent_and_impossible_ones_are_a_problem()
    {
        await using var server = await StartAsync(directory => File.WriteAllText(Path.Combine(directory, "a.txt"), "0123456789"));

        using var part = await SendAsync(server, "/static/a.txt", request => request.Headers.Range = new RangeHeaderValue(2, 4));
        using var beyond = await SendAsync(server, "/static/a.txt", request => request.Headers.Range = new RangeHeaderValue(20, null));

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("bytes 2-4/10", part.Content.Headers.ContentRange?.ToString());
        Assert.Equal("234", await part.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        Assert.Equal("bytes */10", beyond.Content.Headers.ContentRange?.ToString());
        Assert.Equal("application/problem+json", beyond.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Large_files_arrive_whole_and_head_tells_their_length()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        await using var server = await StartAsync(directory => File.WriteAllBytes(Path.Combine(directory, "large.bin"), bytes));

        using var head = await SendAsync(server, "/static/large.bin", static request => request.Method = HttpMethod.Head);

        Assert.Equal(bytes.Length, head.Content.Headers.ContentLength);
        Assert.Equal(bytes, await server.Client.GetByteArrayAsync("/static/large.bin", Cancellation));
    }

    [Fact]
    public async Task A_file_compressed_beforehand_is_sent_as_it_is_and_says_so()
    {
        var text = string.Concat(Enumerable.Repeat("let x = 1;\n", 500));
        await using var server = await StartAsync(directory =>
        {
            File.WriteAllText(Path.Combine(directory, "app.js"), text);
            using var target = new BrotliStream(File.Create(Path.Combine(directory, "app.js.br")), CompressionLevel.SmallestSize);
            target.Write(Encoding.UTF8.GetBytes(text));
        });

        using var compressed = await SendAsync(server, "/static/app.js", static request => request.Headers.AcceptEncoding.ParseAdd("gzip, br"));
        using var plain = await server.GetAsync("/static/app.js");

        Assert.Equal("br", Assert.Single(compressed.Content.Headers.ContentEncoding));
        Assert.Equal("text/javascript; charset=utf-8", compressed.Content.Headers.ContentType?.ToString());
        Assert.False(compressed.Headers.ETag!.IsWeak);
        using var reader = new StreamReader(new BrotliStream(await compressed.Content.ReadAsStreamAsync(Cancellation), CompressionMode.Decompress));
        Assert.Equal(text, await reader.ReadToEndAsync(Cancellation));
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.NotEqual(compressed.Headers.ETag, plain.Headers.ETag);
        Assert.All([compressed, plain], static response => Assert.Contains("Accept-Encoding", response.Headers.Vary));
    }

    [Fact]
    public async Task A_directory_is_redirected_to_its_slash_with_its_query()
    {
        await using var server = await StartAsync(directory =>
        {
            Directory.CreateDirectory(Path.Combine(directory, "docs"));
            File.WriteAllText(Path.Combine(directory, "docs", "index.html"), "docs");
        });
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Client.BaseAddress };

        using var redirect = await client.GetAsync("/static/docs?v=1", Cancellation);

        Assert.Equal(HttpStatusCode.PermanentRedirect, redirect.StatusCode);
        Assert.Equal("/static/docs/?v=1", redirect.Headers.Location?.ToString());
        Assert.Equal("docs", await server.GetStringAsync("/static/docs/"));
    }

    [Theory]
    [InlineData("GET", "/static/missing.txt", 404, "file-unknown")]
    [InlineData("GET", "/static/%2e%2e/mik.toml", 400, "file-path-invalid")]
    [InlineData("POST", "/static/a.txt", 405, "method-not-allowed")]
    [InlineData("GET", "/static", 404, "route-unknown")]
    public async Task What_is_no_file_is_a_problem(string method, string path, int status, string slug)
    {
        await using var server = await StartAsync(static _ => { });
        using var connection = await RawConnection.OpenAsync(server.Server.Url);

        await connection.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

        var answer = await connection.ReadUntilAsync("}");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains($"urn:mik:error:{slug}", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_directory_there_are_no_files()
    {
        await using var server = await TestServer.StartAsync();

        using var response = await server.GetAsync("/static/a.txt");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("route-unknown", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, string path, Action<HttpRequestMessage> prepare)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        prepare(request);
        return await server.Client.SendAsync(request, Cancellation);
    }

    private static Task<TestServer> StartAsync(Action<string> prepare) => TestServer.StartAsync(configure: config =>
    {
        var directory = Path.Combine(config.Directory, "static");
        Directory.CreateDirectory(directory);
        prepare(directory);
        return config with { Server = config.Server with { Static = "static" } };
    });
}
