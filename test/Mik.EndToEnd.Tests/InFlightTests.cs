using System.Diagnostics;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Many requests that wait at the same time.</summary>
public sealed class InFlightTests
{
    private const int Requests = 1000;

    // As ProcessMemory.Of counts it. The resident set counts the image's pages, which all machines share, once for each of the thousand.
    private const long MostGrowth = 700L << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_scripts_wait_for_a_thousand_handlers_at_once()
    {
        using var project = new TemporaryProject()
            .Write("mik.toml", """
                [server]
                max_concurrent_requests = 2000
                max_per_module_requests = 1000
                """)
            .AddHandler("http_sleep")
            .Write("scripts/wait.js", """
                import { script, ok } from "mik-sdk";
                export default script(async (req, host) => ok({ slept: (await host.call("http_sleep", { path: `/?ms=${req.query.ms}` })).status }));
                """);
        await using var server = await MikProcess.StartAsync(project.Directory);
        Assert.Equal("""{"slept":200}""", await server.Client.GetStringAsync("/script/wait?ms=1", Cancellation));
        var before = ProcessMemory.Of(server.Id);

        var start = Stopwatch.StartNew();
        var answers = Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => server.Client.GetStringAsync("/script/wait?ms=2000", Cancellation)));
        var peak = await ProcessMemory.PeakUntilAsync(server.Id, answers);

        TestContext.Current.SendDiagnosticMessage(
            $"{Requests} requests of 2 s took {start.Elapsed.TotalSeconds:0.0} s and {(peak - before) >> 20} MiB");
        Assert.All(await answers, static answer => Assert.Equal("""{"slept":200}""", answer));
        Assert.True(peak - before <= MostGrowth, $"{before >> 20} MiB before, {peak >> 20} MiB at most");
        Assert.Equal(0, await server.StopAsync());
    }
}
