using System.Net;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Credentials and other origins, as an operator configures them.</summary>
public sealed class AccessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_of_the_environment_opens_what_is_guarded_and_a_page_of_the_origin_may_read_it()
    {
        using var project = new TemporaryProject().AddHandler("http_hello").Write("mik.toml", """
            [cors]
            origins = ["https://app.example.com"]
            [security]
            headers = true
            [[auth]]
            paths = ["/run/http_hello", "/metrics"]
            api_keys = ["env:TEST_KEYS"]
            """);
        await using var server = await MikProcess.StartAsync(project.Directory, [], [new("TEST_KEYS", "first,second")]);

        using var refused = await server.Client.GetAsync("/run/http_hello/", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var numbers = await server.Client.GetAsync("/metrics", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, numbers.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/run/http_hello/");
        request.Headers.Add("X-API-Key", "second");
        request.Headers.Add("Origin", "https://app.example.com");
        using var answer = await server.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("https://app.example.com", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("DENY", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        Assert.DoesNotContain("second", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guard_without_its_secret_does_not_start()
    {
        using var project = new TemporaryProject().AddHandler("http_hello").Write("mik.toml", "[[auth]]\npaths = ['/run']\napi_keys = ['env:NOT_THERE']\n");

        var result = await MikProgram.RunAsync(project.Directory, ["run"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("mik.toml:1", result.Error, StringComparison.Ordinal);
        Assert.Contains("NOT_THERE", result.Error, StringComparison.Ordinal);
    }
}
