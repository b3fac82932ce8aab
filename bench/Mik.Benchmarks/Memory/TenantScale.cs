using System.Diagnostics;
using System.Globalization;
using Mik.Benchmarks.Measurement;
using Mik.Benchmarks.Requests;
using Mik.Server.Configuration;
using Mik.Server.Hosting;

namespace Mik.Benchmarks.Memory;

/// <summary>
/// Thousands of tenants with a handler each, of whom a part is called: how long the server takes to start, what one loaded tenant occupies
/// that waits for its next request, and what is left when nobody has come. Each measurement is a process of its own.
/// </summary>
internal static class TenantScale
{
    /// <summary>The benchmark that a child process runs; its arguments are the project's directory and how many tenants to call.</summary>
    public const string ChildCommand = "tenants-once";

    private const int IdleSeconds = 3600;

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("mik-tenants-");
        try
        {
            var (few, many) = (directory.CreateSubdirectory("few"), directory.CreateSubdirectory("many"));
            Fill(few, 1);
            Fill(many, options.Tenants);
            var starts = new Dictionary<string, List<double>> { [few.FullName] = [], [many.FullName] = [] };
            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var (project, times) in starts)
                {
                    times.Add((await ChildProcess.MeasureAsync(ChildCommand, project, "0"))[0]);
                }
            }

            await WriteAsync("start with 1 tenant, ms", Medians.Of(starts[few.FullName]));
            await WriteAsync($"start with {options.Tenants} tenants, ms", Medians.Of(starts[many.FullName]));

            var called = Math.Min(options.Called, options.Tenants);
            var figures = await ChildProcess.MeasureAsync(ChildCommand, many.FullName, called.ToString(CultureInfo.InvariantCulture));
            await output.WriteLineAsync($"{called} of {options.Tenants} called, for each of them:");
            await WriteAsync("first call with loading, ms", figures[1]);
            await WriteAsync("second call, ms", figures[2]);
            await WriteAsync("loaded and idle, KiB (PSS)", figures[3]);
            await WriteAsync("  of it managed heap, KiB", figures[4]);
            await WriteAsync("unloaded, KiB (PSS)", figures[5]);
            await WriteAsync("  of it managed heap, KiB", figures[6]);
            await WriteAsync("called again, with loading, ms", figures[7]);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        Task WriteAsync(string what, double figure) =>
            output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{what,-36} {figure,10:F2}"));
    }

    /// <summary>Starts a server in this process, calls some of its tenants and lets them go.</summary>
    public static async Task RunChildAsync(string directory, int called)
    {
        var time = new ShiftedTime();
        var config = new MikConfig
        {
            Directory = directory,
            Server = new ServerConfig { Port = 0, UserModules = "user-modules" },
            Tenants = new TenantsConfig { IdleSecs = IdleSeconds },
        };
        var starting = Stopwatch.GetTimestamp();
        await using var server = await MikServer.StartAsync(config, new MikServerOptions { TimeProvider = time }, CancellationToken.None);
        var start = Stopwatch.GetElapsedTime(starting).TotalMilliseconds;
        if (called == 0)
        {
            await ChildProcess.AnswerAsync(start);
            return;
        }

        using var client = new HttpClient { BaseAddress = new Uri(server.Url) };

        // What the first of all costs is not one tenant's.
        await CallAsync(client, 1);
        var before = ProcessMemory.Settled();
        var first = await CallAsync(client, called);
        var second = await CallAsync(client, called);
        var loaded = ProcessMemory.Settled() - before;

        time.Shift(TimeSpan.FromSeconds(IdleSeconds + 1));
        while (await client.GetStringAsync("/_mik/tenants") != """{"tenants":[]}""")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        // The server collects by itself, in rounds, and returns memory at the end.
        await Task.Delay(TimeSpan.FromSeconds(30));

        var unloaded = ProcessMemory.Settled() - before;
        var again = await CallAsync(client, Math.Min(called, 20));
        await ChildProcess.AnswerAsync(
            start, first, second, KiB(loaded.Proportional), KiB(loaded.ManagedHeap), KiB(unloaded.Proportional), KiB(unloaded.ManagedHeap), again);

        double KiB(long bytes) => bytes / 1024.0 / called;
    }

    private static async Task<double> CallAsync(HttpClient client, int tenants)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < tenants; i++)
        {
            await client.GetStringAsync($"/tenant/t{i}/hello/");
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds / tenants;
    }

    private static void Fill(DirectoryInfo project, int tenants)
    {
        var component = Path.Combine(InProcessServer.ProjectDirectory, "modules", "http_hello.wasm");
        for (var i = 0; i < tenants; i++)
        {
            File.Copy(component, Path.Combine(project.CreateSubdirectory($"user-modules/t{i}").FullName, "hello.wasm"));
        }
    }

    // An hour passes at a word; timers go by the real clock.
    private sealed class ShiftedTime : TimeProvider
    {
        private long _shift;

        public void Shift(TimeSpan time) => Interlocked.Add(ref _shift, (long)(time.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _shift);
    }
}
