using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Many handlers that wait for servers which take their time.</summary>
public sealed class WaitingTests
{
    private const int Requests = 1000;
    private const long MostBytesEach = 300 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_handlers_wait_at_once_and_others_answer_beside_them()
    {
        var waiting = 0;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = new Upstream(async (_, stream) =>
        {
            Interlocked.Increment(ref waiting);
            await release.Task;
            await Upstream.SendAsync(stream, "HTTP/1.1 200 X\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
        });
        using var project = new TemporaryProject()
            .Write("mik.toml", """
                [server]
                max_concurrent_requests = 2000
                max_per_module_requests = 1000
                execution_timeout_secs = 300
                http_allowed = ["127.0.0.1"]
                """)
            .AddHandler("http_fetch")
            .AddHandler("http_hello");
        await using var server = await MikProcess.StartAsync(project.Directory);
        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));
        var before = ProcessMemory.Of(server.Id);

        var answers = Task.WhenAll(Enumerable.Range(0, Requests)
            .Select(_ => server.Client.GetStringAsync($"/run/http_fetch/?to={upstream.Authority}&path=/", Cancellation)));
        await server.WaitUntilAsync(() => Task.FromResult(Volatile.Read(ref waiting) == Requests || answers.IsFaulted), "not all requests reach the upstream server");
        var grown = ProcessMemory.Of(server.Id) - before;
        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));
        release.SetResult();

        Assert.All(await answers, static answer => Assert.Equal("ok", answer));
        TestContext.Current.SendDiagnosticMessage($"{Requests} waiting handlers occupy {grown / Requests >> 10} KiB each");
        Assert.True(grown < Requests * MostBytesEach, $"{grown / Requests >> 10} KiB each");
        Assert.Equal(0, await server.StopAsync());
    }
}
