using System.Net;
using System.Text;
using System.Text.Json;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Execution;

/// <summary>Real components, from socket to guest and back.</summary>
public sealed class WasiHandlerTests(FixtureServer fixture) : IClassFixture<FixtureServer>
{
    private readonly GuestServer _server = fixture.Guests;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_component_answers()
    {
        using var hello = await _server.GetAsync("/run/http_hello");
        using var status = await _server.GetAsync("/run/http_status?code=418");

        Assert.Equal("hello\n", await hello.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("http_hello", Assert.Single(hello.Headers.GetValues("X-Mik-Handler")));
        Assert.Equal(418, (int)status.StatusCode);
    }

    [Fact]
    public async Task A_large_body_streams_through()
    {
        var body = new byte[3_000_000];
        new Random(1).NextBytes(body);
        using var content = new ByteArrayContent(body);

        using var response = await _server.Client.PostAsync("/run/http_echo/x%2Fy?q=1", content, Cancellation);

        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("/run/fault_trap", 500, "handler-trapped")]
    [InlineData("/run/fault_recurse", 500, "handler-trapped")]
    [InlineData("/run/fault_silent", 502, "handler-no-response")]
    [InlineData("/run/fault_grow", 507, "handler-out-of-memory")]
    [InlineData("/run/fault_spin", 504, "handler-timed-out")]
    [InlineData("/run/http_sleep?ms=60000", 504, "handler-timed-out")]
    [InlineData("/run/link_unknown", 500, "handler-unloadable")]
    [InlineData("/run/not_a_component", 500, "handler-unloadable")]
    [InlineData("/run/broken_off", 500, "handler-unloadable")]
    public async Task A_guest_s_failure_is_a_problem_and_harms_nobody_else(string path, int status, string slug)
    {
        using var response = await _server.GetAsync(path);
        using var hello = await _server.GetAsync("/run/http_hello");

        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("urn:mik:error:" + slug, problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(HttpStatusCode.OK, hello.StatusCode);
        await _server.Log.WaitForAsync(line => line.Contains(slug, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_an_aborted_connection()
    {
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using var response = await _server.GetAsync("/run/fault_midway");
            if (response.StatusCode == HttpStatusCode.InternalServerError)
            {
                // The guest was so fast that nothing had been sent: a problem is the better answer.
                throw new HttpRequestException();
            }
        });
    }

    [Fact]
    public async Task A_client_that_leaves_ends_an_endless_answer()
    {
        var response = await _server.Client.GetAsync("/run/fault_flood", HttpCompletionOption.ResponseHeadersRead, Cancellation);

        response.Dispose();

        while (true)
        {
            using var health = JsonDocument.Parse(await _server.Client.GetStringAsync("/health", Cancellation));
            if (health.RootElement.GetProperty("in_flight").GetInt32() == 0)
            {
                break;
            }

            await Task.Delay(10, Cancellation);
        }

        using var again = await _server.GetAsync("/run/fault_flood/ok");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public void What_cannot_be_loaded_is_reported_and_the_rest_is_served() => Assert.Equal(
        ["broken_off", "link_unknown", "not_a_component"],
        _server.Server.Broken.Select(text => text.Split(' ')[1].TrimEnd(':')).Order(StringComparer.Ordinal));

    [Fact]
    public async Task The_shop_s_checkout_joins_four_handlers()
    {
        await using var server = await GuestServer.StartAsync("samples/shop");
        using var cart = new StringContent(
            """{"token":"demo","items":[{"sku":"tea","quantity":2}]}""", Encoding.UTF8, "application/json");
        using var noJson = new StringContent("""{"token":""", Encoding.UTF8, "application/json");

        using var order = await server.Client.PostAsync("/script/checkout", cart, Cancellation);
        using var refused = await server.Client.PostAsync("/script/checkout", noJson, Cancellation);

        Assert.Equal(
            """{"order":"ord_9f4fe7358b74065d","customer":"demo-customer","items":[{"sku":"tea","quantity":2,"price":450,"amount":900}],"total":900}""",
            await order.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("body-not-json", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }
}
