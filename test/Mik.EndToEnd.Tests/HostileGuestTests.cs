using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Whatever a guest does, the client gets an answer and the next request is served.</summary>
public sealed class HostileGuestTests(HostileProject project) : IClassFixture<HostileProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HttpClient Client => project.Server.Client;

    [Theory]
    [InlineData("fault_spin", 504, "handler-timed-out")]
    [InlineData("fault_recurse", 500, "handler-trapped")]
    [InlineData("fault_grow", 507, "handler-out-of-memory")]
    [InlineData("fault_trap", 500, "handler-trapped")]
    [InlineData("fault_silent", 502, "handler-no-response")]
    public async Task Failing_handler_is_answered_for_and_serves_the_next_request(string handler, int status, string slug)
    {
        await AssertProblemAsync($"/run/{handler}/", status, slug);

        Assert.Equal("ok", await Client.GetStringAsync($"/run/{handler}/ok", Cancellation));
    }

    [Theory]
    [InlineData("fault_spin", 504, "script-cpu-exceeded")]
    [InlineData("fault_recurse", 500, "script-stack-exhausted")]
    [InlineData("fault_grow", 500, "script-out-of-memory")]
    [InlineData("fault_throw", 500, "script-threw")]
    [InlineData("fault_silent", 500, "script-threw")]
    public async Task Failing_script_is_answered_for_and_serves_the_next_request(string script, int status, string slug)
    {
        await AssertProblemAsync($"/script/{script}", status, slug);

        Assert.Equal("""{"ok":true}""", await Client.GetStringAsync($"/script/{script}?ok", Cancellation));
    }

    [Theory]
    [InlineData("link_unknown")]
    [InlineData("not_a_component")]
    [InlineData("broken_off")]
    public Task Handler_that_cannot_be_loaded_says_so(string handler) => AssertProblemAsync($"/run/{handler}/", 500, "handler-unloadable");

    [Fact]
    public async Task Body_that_breaks_off_is_not_taken_for_a_complete_one()
    {
        using var answer = await Client.GetAsync("/run/fault_midway/", HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Others_are_served_while_a_guest_spins()
    {
        var spinning = Client.GetAsync("/run/fault_spin/", Cancellation);

        Assert.Equal("hello\n", await Client.GetStringAsync("/run/http_hello/", Cancellation));
        Assert.False(spinning.IsCompleted);
        using var end = await spinning;
        Assert.Equal(HttpStatusCode.GatewayTimeout, end.StatusCode);
    }

    [Fact]
    public async Task Query_and_percent_encoding_reach_the_handler_untouched()
    {
        using var answer = await Client.GetAsync("/run/http_echo/a%20b/c?d=%2F&e", Cancellation);

        Assert.Equal("/a%20b/c?d=%2F&e", Assert.Single(answer.Headers.GetValues("x-echo-path")));
    }

    [Fact]
    public async Task Body_streams_through_unchanged()
    {
        var sent = new byte[1_000_000];
        new Random(1).NextBytes(sent);

        using var answer = await Client.PostAsync("/run/http_echo/", new ByteArrayContent(sent), Cancellation);

        Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    private async Task AssertProblemAsync(string path, int status, string slug)
    {
        using var answer = await Client.GetAsync(path, Cancellation);
        var body = await answer.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal($"{status} urn:mik:error:{slug}", $"{(int)answer.StatusCode} {(string?)JsonNode.Parse(body)!["type"]}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }
}
