using System.Diagnostics;
using System.Globalization;
using Mik.Benchmarks.Measurement;

namespace Mik.Benchmarks.Serving;

/// <summary>
/// Handlers that wait for upstream servers that do not answer: what each occupies, and whether another handler's requests take longer
/// beside them.
/// </summary>
internal static class WaitingHandlers
{
    private const string Configuration = """
        [server]
        max_concurrent_requests = 4000
        max_per_module_requests = 1000
        execution_timeout_secs = 300
        http_allowed = ["127.0.0.1"]
        """;

    // Enough for a median, and over before a minute is.
    private const int Neighbours = 2000;

    /// <summary>Measures and prints.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        await using var server = await ServedProcess.StartAsync(Configuration);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = server.Url, Timeout = Timeout.InfiniteTimeSpan };

        // Compiled code, threads' pools and the heap's first room are there already.
        await WaitAsync(server, client, Math.Min(options.Requests, 50), static () => Task.CompletedTask);
        var alone = await NeighboursAsync(client);
        await Task.Delay(TimeSpan.FromSeconds(1));
        var idle = server.Use();
        ProcessUse most = default;
        var beside = 0.0;
        await WaitAsync(server, client, options.Requests, async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            most = server.Use();
            beside = await NeighboursAsync(client);
        });
        await output.WriteLineAsync($"idle              {idle}");
        await output.WriteLineAsync($"{options.Requests,4} waiting      {most}");
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"each              {(most.ResidentBytes - idle.ResidentBytes) / 1024.0 / options.Requests,8:F1} KiB"));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"another handler   {alone * 1e6:F0} µs before, {beside * 1e6:F0} µs beside them (median of {Neighbours}, one at a time)"));
    }

    private static async Task WaitAsync(ServedProcess server, HttpClient client, int count, Func<Task> meanwhile)
    {
        await using var upstream = new SlowUpstream();
        var requests = Enumerable.Range(0, count)
            .Select(_ => client.GetStringAsync($"/run/http_fetch/?to={upstream.Authority}&path=/"))
            .ToList();
        var all = Task.WhenAll(requests);
        while (upstream.Waiting < count && !all.IsFaulted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        await meanwhile();
        upstream.Release();
        if ((await all).Any(static answer => answer != "ok"))
        {
            throw new InvalidOperationException($"Not every handler got its answer ({server.Use()}).");
        }
    }

    private static async Task<double> NeighboursAsync(HttpClient client)
    {
        var seconds = new List<double>(Neighbours);
        for (var i = 0; i < Neighbours; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await client.GetStringAsync("/run/http_hello/");
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Medians.Of(seconds);
    }
}
