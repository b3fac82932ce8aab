using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Many requests that wait at the same time.</summary>
public sealed class InFlightTests
{
    private const int Requests = 1000;
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

        var answers = Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => server.Client.GetStringAsync("/script/wait?ms=2000", Cancellation)));
        var peak = await ProcessMemory.PeakUntilAsync(server.Id, answers);

        Assert.All(await answers, static answer => Assert.Equal("""{"slept":200}""", answer));
        Assert.True(peak - before <= MostGrowth, $"{before >> 20} MiB before, {peak >> 20} MiB at most");
        Assert.Equal(0, await server.StopAsync());
    }
}
