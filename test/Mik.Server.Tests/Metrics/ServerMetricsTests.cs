using Mik.Scripting;
using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Server.Tests.Fakes;
using Mik.TestKit;
using Xunit;

namespace Mik.Server.Tests.Metrics;

public sealed class ServerMetricsTests
{
    [Fact]
    public async Task Requests_are_counted_by_what_they_were_for()
    {
        await using var server = await TestServer.StartAsync(Handlers, Scripts);
        foreach (var path in (string[])["/run/echo/a", "/run/echo/b", "/run/made-up", "/script/call", "/script/made-up", "/made/up", "/health", "/run/trap"])
        {
            using var response = await server.GetAsync(path);
        }

        var samples = await ReadAsync(server, """mik_requests_total{name="trap",route="handler",status="5xx"}""");

        Assert.Equal(2, samples["""mik_requests_total{name="echo",route="handler",status="2xx"}"""]);
        Assert.Equal(1, samples["""mik_requests_total{name="call",route="script",status="2xx"}"""]);
        Assert.Equal(1, samples["""mik_requests_total{name="_unknown",route="script",status="4xx"}"""]);
        Assert.Equal(2, samples["""mik_requests_total{name="_unknown",route="none",status="4xx"}"""]);
        Assert.Equal(1, samples["""mik_requests_total{name="health",route="endpoint",status="2xx"}"""]);
        Assert.Equal(2, samples["""mik_request_duration_seconds_count{name="echo",route="handler"}"""]);
        Assert.Equal(8, samples["""mik_response_body_bytes_total{name="echo",route="handler"}"""]);
        Assert.Equal(1, samples["""mik_faults_total{blame="handler",fault="handler-trapped",name="trap",route="handler"}"""]);
        Assert.Equal(1, samples["""mik_faults_total{blame="client",fault="route-unknown",name="_unknown",route="none"}"""]);
        Assert.DoesNotContain("made", string.Join('\n', samples.Values.Keys), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_of_handlers_are_counted_by_caller_and_outcome()
    {
        await using var server = await TestServer.StartAsync(
            Handlers, Scripts, config => config with { Breaker = new BreakerConfig { Failures = 1, OpenSecs = 3600 } });
        foreach (var path in (string[])["/run/echo", "/script/call", "/run/trap", "/run/trap"])
        {
            using var response = await server.GetAsync(path);
        }

        var samples = await ReadAsync(server, """mik_handler_runs_total{caller="client",handler="trap",outcome="circuit-open"}""");

        Assert.Equal(1, samples["""mik_handler_runs_total{caller="client",handler="echo",outcome="answered"}"""]);
        Assert.Equal(1, samples["""mik_handler_runs_total{caller="script",handler="echo",outcome="answered"}"""]);
        Assert.Equal(1, samples["""mik_handler_runs_total{caller="client",handler="trap",outcome="handler-trapped"}"""]);
        Assert.Equal(1, samples["""mik_handler_run_duration_seconds_count{handler="trap"}"""]);
        Assert.Equal(1, samples["""mik_circuit_breaker_state{handler="trap"}"""]);
        Assert.Equal(0, samples["""mik_circuit_breaker_state{handler="echo"}"""]);
        Assert.Contains("""mik_circuit_breaker_state{handler="echo"}""", samples.Values.Keys);
        Assert.Equal(1, samples["""mik_circuit_breaker_opened_total{handler="trap"}"""]);
        Assert.Equal(2, samples["""mik_handlers{status="ready"}"""]);
        Assert.Equal(100, samples["""mik_handler_runs_limit{handler="echo"}"""]);
        Assert.Equal(1000, samples["mik_requests_limit"]);
    }

    [Fact]
    public async Task Calls_of_scripts_are_counted_by_handler_and_result()
    {
        await using var server = await TestServer.StartAsync(Handlers, new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
        {
            ["calls"] = async run =>
            {
                await run.CallAsync("echo");
                foreach (var handler in (string[])["trap", "made-up"])
                {
                    await Assert.ThrowsAsync<HandlerCallException>(() => run.CallAsync(handler));
                }

                return TestServer.Text("");
            },
        });
        using var response = await server.GetAsync("/script/calls");

        var samples = await ReadAsync(server, """mik_requests_total{name="calls",route="script",status="2xx"}""");

        Assert.Equal(1, samples["""mik_script_calls_total{handler="echo",result="2xx"}"""]);
        Assert.Equal(1, samples["""mik_script_calls_total{handler="trap",result="HANDLER_ERROR"}"""]);
        Assert.Equal(1, samples["""mik_script_calls_total{handler="_unknown",result="MODULE_NOT_FOUND"}"""]);
        Assert.Equal(1, samples["""mik_script_call_duration_seconds_count{handler="echo"}"""]);
    }

    [Fact]
    public async Task A_failed_request_that_names_a_script_is_told_by_the_script_only_if_there_is_one()
    {
        await using var server = await TestServer.StartAsync(Handlers, Scripts, config => config with { Server = config.Server with { MaxBodySizeMb = 0 } });
        foreach (var path in (string[])["/script/call", "/script/made-up"])
        {
            using var response = await server.Client.PostAsync(path, new StringContent("x"), TestContext.Current.CancellationToken);
        }

        var samples = await ReadAsync(server, """mik_requests_total{name="_unknown",route="script",status="4xx"}""");

        Assert.Equal(1, samples["""mik_requests_total{name="call",route="script",status="4xx"}"""]);
    }

    [Theory]
    [InlineData(101, "1xx")]
    [InlineData(204, "2xx")]
    [InlineData(599, "5xx")]
    [InlineData(600, "_other")]
    [InlineData(999, "_other")]
    public void Statuses_have_classes(int status, string expected) => Assert.Equal(expected, ServerMetrics.StatusClass(status));

    // A request is counted when it is over, which its client learns a moment earlier.
    private static async Task<PrometheusSamples> ReadAsync(TestServer server, string awaited)
    {
        for (var attempt = 0; ; attempt++)
        {
            var samples = PrometheusSamples.Parse(await server.GetStringAsync("/metrics"));
            if (samples[awaited] > 0 || attempt == 6_000)
            {
                Assert.Contains(awaited, samples.Values.Keys);
                return samples;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }
    }

    private static Dictionary<string, Func<FakeRun, HandlerEnd>> Handlers => new()
    {
        ["echo"] = static run => run.Answer("echo"),
        ["trap"] = static _ => new HandlerEnd(HandlerEndKind.Trapped),
    };

    private static Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>> Scripts => new()
    {
        ["call"] = static async run =>
        {
            await run.CallAsync("echo");
            return TestServer.Text("");
        },
    };
}
