using System.Net;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Guests that misbehave get the documented problem, their neighbours keep answering, and the process lives.</summary>
public sealed class FaultTests(HostileProject project) : IClassFixture<HostileProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HttpClient Client => project.Server.Client;

    [Theory]
    [InlineData("/run/fault_spin/", 504, "handler-timed-out")]
    [InlineData("/run/fault_recurse/", 500, "handler-trapped")]
    [InlineData("/run/fault_grow/", 507, "handler-out-of-memory")]
    [InlineData("/run/fault_trap/", 500, "handler-trapped")]
    [InlineData("/run/fault_silent/", 502, "handler-no-response")]
    [InlineData("/run/fault_exit/zero", 502, "handler-no-response")]
    [InlineData("/run/fault_exit/one", 502, "handler-no-response")]
    [InlineData("/run/fault_leak/", 500, "handler-trapped")]
    [InlineData("/run/fault_forge/number", 500, "handler-trapped")]
    [InlineData("/run/fault_forge/negative", 500, "handler-trapped")]
    [InlineData("/run/fault_forge/zero", 500, "handler-trapped")]
    [InlineData("/run/fault_forge/kind", 500, "handler-trapped")]
    [InlineData("/run/fault_forge/dropped", 500, "handler-trapped")]
    [InlineData("/run/fault_forge/given", 500, "handler-trapped")]
    [InlineData("/run/fault_orphan/stream", 500, "handler-trapped")]
    [InlineData("/run/fault_orphan/headers", 500, "handler-trapped")]
    [InlineData("/run/fault_orphan/handed", 500, "handler-trapped")]
    [InlineData("/run/start_spin/", 504, "handler-timed-out")]
    [InlineData("/run/start_trap/", 500, "handler-trapped")]
    [InlineData("/run/start_exit/", 502, "handler-no-response")]
    [InlineData("/script/fault_spin", 504, "script-cpu-exceeded")]
    [InlineData("/script/fault_recurse", 500, "script-stack-exhausted")]
    [InlineData("/script/fault_grow", 500, "script-out-of-memory")]
    [InlineData("/script/fault_throw", 500, "script-threw")]
    [InlineData("/script/fault_silent", 500, "script-threw")]
    public async Task Each_fault_becomes_its_problem_while_the_neighbours_answer(string path, int status, string slug)
    {
        var fault = Client.GetAsync(path, Cancellation);
        do
        {
            Assert.Equal("hello\n", await Client.GetStringAsync("/run/http_hello/", Cancellation));
        }
        while (!fault.IsCompleted);

        using var answer = await fault;
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal($"urn:mik:error:{slug}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal(Assert.Single(answer.Headers.GetValues("X-Request-ID")), problem.GetProperty("instance").GetString());
    }

    [Theory]
    [InlineData("/run/fault_spin/ok")]
    [InlineData("/run/fault_recurse/ok")]
    [InlineData("/run/fault_grow/ok")]
    [InlineData("/run/fault_trap/ok")]
    [InlineData("/run/fault_silent/ok")]
    [InlineData("/run/fault_exit/ok")]
    [InlineData("/run/fault_leak/ok")]
    [InlineData("/run/fault_forge/ok")]
    [InlineData("/run/fault_orphan/ok")]
    [InlineData("/script/fault_spin?ok")]
    [InlineData("/script/fault_recurse?ok")]
    [InlineData("/script/fault_grow?ok")]
    [InlineData("/script/fault_throw?ok")]
    [InlineData("/script/fault_silent?ok")]
    public async Task The_same_guest_answers_the_next_request_that_is_fair(string path)
    {
        using (await Client.GetAsync(path.Replace("/ok", "/", StringComparison.Ordinal).Replace("?ok", "", StringComparison.Ordinal), Cancellation))
        {
        }

        using var answer = await Client.GetAsync(path, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/run/fault_midway/")]
    [InlineData("/run/fault_exit/midway")]
    [InlineData("/run/fault_forge/twice")]
    public async Task A_body_that_breaks_off_is_not_taken_for_a_complete_one(string path)
    {
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Client.GetStringAsync(path, Cancellation));
    }

    [Theory]
    [InlineData("/run/fault_exit/after", "complete")]
    [InlineData("/run/fault_leak/few", "few")]
    [InlineData("/run/start_calls/", "started")]
    public async Task What_harms_nobody_is_an_ordinary_answer(string path, string body)
    {
        Assert.Equal(body, await Client.GetStringAsync(path, Cancellation));
    }

    [Fact]
    public async Task Calls_in_Promise_all_are_in_flight_at_the_same_time()
    {
        // One place per handler: were the calls made one after the other, both would get it.
        using var pair = new TemporaryProject()
            .Write("mik.toml", "[server]\nmax_per_module_requests = 1\n")
            .AddHandler("http_sleep")
            .Write("scripts/both.js", """
                import { script, ok } from "mik-sdk";
                export default script(async (req, host) => {
                  const sleep = () => host.call("http_sleep", { path: "/?ms=1500" }).then((r) => r.status, (e) => e.code);
                  return ok((await Promise.all([sleep(), sleep()])).sort());
                });
                """);
        await using var server = await MikProcess.StartAsync(pair.Directory);

        Assert.Equal("""[200,"RATE_LIMITED"]""", await server.Client.GetStringAsync("/script/both", Cancellation));
    }
}
