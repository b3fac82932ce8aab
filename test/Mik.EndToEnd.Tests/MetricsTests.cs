using System.Net;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What <c>/metrics</c> tells of a running server.</summary>
public sealed class MetricsTests(MetricsTests.MeasuredProject project) : IClassFixture<MetricsTests.MeasuredProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HttpClient Client => project.Server.Client;

    [Fact]
    public async Task The_text_has_the_media_type_that_scrapers_expect_and_answers_only_to_reading()
    {
        using var read = await Client.GetAsync("/metrics", Cancellation);
        using var written = await Client.PostAsync("/metrics", null, Cancellation);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", read.Content.Headers.ContentType?.ToString());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, written.StatusCode);
    }

    [Fact]
    public async Task Requests_handlers_scripts_engine_and_process_are_measured()
    {
        foreach (var path in (string[])["/run/http_echo/a", "/script/greet", "/script/greet", "/run/fault_trap"])
        {
            using var answer = await Client.GetAsync(path, Cancellation);
        }

        var samples = await ReadAsync("""mik_requests_total{name="fault_trap",route="handler",status="5xx"}""");

        Assert.True(samples["""mik_requests_total{name="http_echo",route="handler",status="2xx"}"""] >= 1);
        Assert.True(samples["""mik_requests_total{name="greet",route="script",status="2xx"}"""] >= 2);
        Assert.True(samples["""mik_request_duration_seconds_sum{name="greet",route="script"}"""] > 0);
        Assert.True(samples["""mik_script_calls_total{handler="http_echo",result="2xx"}"""] >= 2);
        Assert.True(samples["""mik_script_cpu_seconds_total{script="greet"}"""] > 0);
        Assert.True(samples["""mik_script_instances_total{origin="new",script="greet"}"""] >= 1);
        Assert.True(samples["""mik_handler_instances_total{handler="http_echo",origin="new"}"""] >= 1);
        Assert.True(samples["""mik_faults_total{blame="handler",fault="handler-trapped",name="fault_trap",route="handler"}"""] >= 1);
        Assert.True(samples["""mik_engine_compile_duration_seconds_count"""] >= 3);
        Assert.True(samples["""mik_engine_memories_total{origin="new"}"""] >= 1);
        Assert.True(samples["dotnet_jit_compilation_time_seconds_total"] > 0);
        Assert.True(samples["process_open_fds"] > 0);
        Assert.True(samples["mik_guest_threads"] > 0);
    }

    [Fact]
    public async Task Nothing_that_a_client_makes_up_becomes_a_label()
    {
        for (var i = 0; i < 50; i++)
        {
            foreach (var path in (string[])["/run/", "/script/", "/", "/static/", "/tenant/", "/_mik/"])
            {
                using var plain = await Client.GetAsync($"{path}invented{i}", Cancellation);
                using var hostile = await Client.GetAsync($"{path}invented{i}%22%0A", Cancellation);
            }
        }

        var samples = await ReadAsync("""mik_requests_total{name="_unknown",route="script",status="4xx"}""");

        Assert.DoesNotContain(samples.Values.Keys, static series => series.Contains("invented", StringComparison.Ordinal));
    }

    private async Task<PrometheusSamples> ReadAsync(string awaited)
    {
        PrometheusSamples? samples = null;
        await project.Server.WaitUntilAsync(
            async () =>
            {
                samples = PrometheusSamples.Parse(await Client.GetStringAsync("/metrics", Cancellation));
                return samples[awaited] > 0;
            },
            $"there is no {awaited}");
        return samples!;
    }

    public sealed class MeasuredProject : ServedProject
    {
        protected override void Prepare() => Project
            .AddHandler("http_echo")
            .AddHandler("fault_trap")
            .Write("scripts/greet.ts", "import { script, ok } from 'mik-sdk'; export default script(async (req, host) => ok((await host.call('http_echo')).status));");
    }
}
