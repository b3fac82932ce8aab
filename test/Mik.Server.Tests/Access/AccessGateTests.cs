using System.Net;
using System.Security.Cryptography;
using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Tests.Fakes;
using Mik.Wasi.Http;
using Xunit;

namespace Mik.Server.Tests.Access;

public sealed class AccessGateTests
{
    private static readonly string Key = Convert.ToHexStringLower(SHA256.HashData("letmein"u8));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_default_nothing_is_asked_and_nothing_is_added()
    {
        await using var server = await StartAsync(static config => config);

        using var response = await SendAsync(server, HttpMethod.Get, "/run/api/", ("Origin", "https://evil.example"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(response.Headers, static header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase) || header.Key == "X-Frame-Options");
    }

    [Theory]
    [InlineData("/run/admin/", null, 401)]
    [InlineData("/run/admin/", "wrong", 401)]
    [InlineData("/run/admin/", "letmein", 200)]
    [InlineData("/run/%61dmin/", null, 401)]
    [InlineData("/run/api/", null, 200)]
    [InlineData("/_mik/handlers", null, 401)]
    [InlineData("/health", null, 200)]
    public async Task What_is_guarded_asks_for_a_key(string path, string? key, int status)
    {
        await using var server = await StartAsync(static config => config with { Auth = [new AuthConfig { Paths = ["/run/admin", "/_mik"], ApiKeys = [Key] }] });

        using var response = await SendAsync(server, HttpMethod.Get, path, ("X-API-Key", key));

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 401)
        {
            Assert.NotEmpty(response.Headers.WwwAuthenticate);
            Assert.Contains("urn:mik:error:credentials-required", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_longest_path_counts()
    {
        var other = Convert.ToHexStringLower(SHA256.HashData("other"u8));
        await using var server = await StartAsync(config => config with
        {
            Auth = [new AuthConfig { Paths = ["/run"], ApiKeys = [Key] }, new AuthConfig { Paths = ["/run/admin"], ApiKeys = [other] }],
        });

        using var wide = await SendAsync(server, HttpMethod.Get, "/run/admin/", ("X-API-Key", "letmein"));
        using var narrow = await SendAsync(server, HttpMethod.Get, "/run/admin/", ("X-API-Key", "other"));

        Assert.Equal(HttpStatusCode.Unauthorized, wide.StatusCode);
        Assert.Equal(HttpStatusCode.OK, narrow.StatusCode);
    }

    [Fact]
    public async Task Browsers_are_told_which_pages_may_ask_what()
    {
        await using var server = await StartAsync(static config => config with
        {
            Cors = new CorsConfig { Origins = ["https://app.example"], Credentials = true },
            Auth = [new AuthConfig { Paths = ["/run"], ApiKeys = [Key] }],
        });

        using var preflight = await SendAsync(
            server, HttpMethod.Options, "/run/api/", ("Origin", "https://app.example"), ("Access-Control-Request-Method", "PUT"));
        using var stranger = await SendAsync(
            server, HttpMethod.Options, "/run/api/", ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "PUT"));
        using var refused = await SendAsync(server, HttpMethod.Get, "/run/api/", ("Origin", "https://app.example"));

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal("https://app.example", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("PUT", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Methods")), StringComparison.Ordinal);
        Assert.Equal("600", Assert.Single(preflight.Headers.GetValues("Access-Control-Max-Age")));
        Assert.False(stranger.Headers.Contains("Access-Control-Allow-Origin"));

        // A page has to be able to read why it was refused.
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("https://app.example", Assert.Single(refused.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("Origin", refused.Headers.Vary);
    }

    [Fact]
    public async Task A_handler_s_own_word_on_safety_goes_first_but_not_on_origins()
    {
        await using var server = await StartAsync(static config => config with
        {
            Security = new SecurityConfig { Headers = true, HstsSecs = 60, ContentSecurityPolicy = "default-src 'none'" },
            Cors = new CorsConfig { Origins = ["https://app.example"] },
        });

        using var own = await SendAsync(server, HttpMethod.Get, "/run/own/", ("Origin", "https://evil.example"));
        using var problem = await SendAsync(server, HttpMethod.Get, "/nowhere");

        Assert.Equal("SAMEORIGIN", Assert.Single(own.Headers.GetValues("X-Frame-Options")));
        Assert.False(own.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("DENY", Assert.Single(problem.Headers.GetValues("X-Frame-Options")));
        Assert.Equal("nosniff", Assert.Single(problem.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("default-src 'none'", Assert.Single(problem.Headers.GetValues("Content-Security-Policy")));
        Assert.StartsWith("max-age=60", Assert.Single(problem.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
    }

    private static Task<TestServer> StartAsync(Func<MikConfig, MikConfig> configure) => TestServer.StartAsync(
        new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["admin"] = static run => run.Answer("admin"),
            ["api"] = static run => run.Answer("api"),
            ["own"] = static run => run.Answer("own", 200, new HttpField("x-frame-options", "SAMEORIGIN"), new HttpField("access-control-allow-origin", "*")),
        },
        configure: configure);

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, HttpMethod method, string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers.Where(static header => header.Value is not null))
        {
            request.Headers.Add(name, value);
        }

        return await server.Client.SendAsync(request, Cancellation);
    }
}
