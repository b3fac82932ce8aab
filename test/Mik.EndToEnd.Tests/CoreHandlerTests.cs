using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>
/// Components that export <c>mik:core/handler</c> are served without an adapter, in both published layouts, and see and answer
/// what they would through one.
/// </summary>
public sealed class CoreHandlerTests(CoreHandlerProject project) : IClassFixture<CoreHandlerProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HttpClient Client => project.Server.Client;

    public static TheoryData<string> Handlers => ["core_echo", "core_echo_older"];

    public static TheoryData<string, string> HandlersAndMethods => new MatrixTheoryData<string, string>(
        Handlers.Select(static row => row.Data), ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

    public static TheoryData<string, string> HandlersAndStrangeMethods => new MatrixTheoryData<string, string>(
        Handlers.Select(static row => row.Data), ["TRACE", "PROPFIND"]);

    public static TheoryData<string, int> HandlersAndStatuses => new MatrixTheoryData<string, int>(
        Handlers.Select(static row => row.Data), [0, 99, 600, 1000]);

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task Path_arrives_with_its_query_and_untouched(string handler)
    {
        using var answer = await Client.GetAsync($"/run/{handler}/a%20b/c?d=%2F&e", Cancellation);

        Assert.Equal("/a%20b/c?d=%2F&e", Assert.Single(answer.Headers.GetValues("x-path")));
    }

    [Theory]
    [MemberData(nameof(HandlersAndMethods))]
    public async Task Method_arrives_by_its_name(string handler, string method)
    {
        using var answer = await SendAsync(handler, method, "/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(method.ToLowerInvariant(), Assert.Single(answer.Headers.GetValues("x-method")));
    }

    [Theory]
    [MemberData(nameof(HandlersAndStrangeMethods))]
    public async Task Method_without_a_name_is_not_implemented(string handler, string method)
    {
        using var answer = await SendAsync(handler, method, "/x?y");

        await AssertProblemAsync(answer, 501, "Not Implemented", "/x?y");
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task Headers_arrive_in_their_order_and_those_that_are_no_text_are_left_out(string handler)
    {
        using var client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1 });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(project.Server.Address, $"/run/{handler}/"));
        request.Headers.TryAddWithoutValidation("x-b", "1");
        request.Headers.TryAddWithoutValidation("x-broken", "\u00ff");
        request.Headers.TryAddWithoutValidation("x-a", "\u00c3\u00a4");
        request.Headers.TryAddWithoutValidation("x-request-id", $"headers-of-{handler}");

        using var answer = await client.SendAsync(request, Cancellation);

        Assert.Equal(["x-b", "x-a"], answer.Headers.Select(static header => header.Key.ToLowerInvariant()).Where(static name => name is "x-b" or "x-a" or "x-broken"));
        await project.Server.WaitForLogAsync("1 request headers are not UTF-8 and were left out");
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task Body_passes_whole_both_ways(string handler)
    {
        var sent = new byte[CoreHandlerProject.MaxBody];
        new Random(1).NextBytes(sent);

        using var answer = await SendAsync(handler, "POST", "/", new ByteArrayContent(sent));

        Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task Empty_body_is_none(string handler)
    {
        using var answer = await SendAsync(handler, "POST", "/", new ByteArrayContent([]));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task Body_above_what_the_environment_allows_is_too_large(string handler)
    {
        var content = new byte[CoreHandlerProject.MaxBody + 1];
        using var declared = await SendAsync(handler, "POST", "/x", new ByteArrayContent(content));
        using var chunked = await SendAsync(handler, "POST", "/x", new ByteArrayContent(content), isChunked: true);

        await AssertProblemAsync(declared, 413, "Payload Too Large", "/x");
        await AssertProblemAsync(chunked, 413, "Payload Too Large", "/x");
    }

    [Theory]
    [MemberData(nameof(HandlersAndStatuses))]
    public async Task Status_that_is_none_becomes_500_with_the_body_kept(string handler, int status)
    {
        using var answer = await SendAsync(handler, "POST", $"/?status={status}", new ByteArrayContent("kept"u8.ToArray()));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("kept", await answer.Content.ReadAsStringAsync(Cancellation));
        await project.Server.WaitForLogAsync($"status {status} is none");
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task Header_that_is_not_the_handlers_to_set_is_left_out(string handler)
    {
        using var answer = await SendAsync(handler, "GET", "/?status=418");

        Assert.Equal(418, (int)answer.StatusCode);
        Assert.Empty(answer.Headers.Connection);
        Assert.DoesNotContain(answer.Headers, static header => header.Key.Contains(' ', StringComparison.Ordinal));
    }

    private async Task<HttpResponseMessage> SendAsync(
        string handler, string method, string path, HttpContent? content = null, bool isChunked = false)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/run/{handler}{path}") { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;
        return await Client.SendAsync(request, Cancellation);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, int status, string title, string path)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("about:blank", problem.GetProperty("type").GetString());
        Assert.Equal(title, problem.GetProperty("title").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal(path, problem.GetProperty("instance").GetString());
    }
}
