using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Mik.Benchmarks.Measurement;

namespace Mik.Benchmarks.Loading;

/// <summary>
/// How long users wait for the program itself: from its start to the first answer, or to the end of a test run, without and with machine code in the cache, turn about.
/// Processor time is what the process has used when the answer is there.
/// </summary>
internal static class ProcessStarts
{
    private const string ListeningPrefix = "Listening on ";

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        using var places = new StartPlaces();
        await output.WriteLineAsync($"{"median of processes",-34} {"cold ms",9} {"cpu ms",8} {"warm ms",9} {"cpu ms",8}");
        foreach (var subject in places.Subjects)
        {
            await RunToEndAsync(places, places.Cache, ["cache", "compile", subject.Target]);
            var (cold, warm) = (new List<(double Wall, double Cpu)>(), new List<(double Wall, double Cpu)>());
            for (var round = 0; round < options.Rounds; round++)
            {
                cold.Add(await MeasureAsync(places, subject, "off"));
                warm.Add(await MeasureAsync(places, subject, places.Cache));
            }

            await output.WriteLineAsync($"{subject.Name,-34} {Wall(cold)} {Cpu(cold)} {Wall(warm)} {Cpu(warm)}");
        }
    }

    private static string Wall(List<(double Wall, double Cpu)> costs) =>
        string.Create(CultureInfo.InvariantCulture, $"{Medians.Of(costs.Select(static c => c.Wall)),9:F0}");

    private static string Cpu(List<(double Wall, double Cpu)> costs) => Medians.Of(costs.Select(static c => c.Cpu)) is var cpu && double.IsNaN(cpu)
        ? new string(' ', 8)
        : string.Create(CultureInfo.InvariantCulture, $"{cpu,8:F0}");

    private static Task<(double Wall, double Cpu)> MeasureAsync(StartPlaces places, StartSubject subject, string cache) => subject.Path is { } path
        ? MeasureAnswerAsync(places, subject.Target, path, cache)
        : MeasureRunAsync(places, subject.Target, cache);

    private static async Task<(double Wall, double Cpu)> MeasureAnswerAsync(StartPlaces places, string target, string path, string cache)
    {
        using var client = new HttpClient();
        var start = Stopwatch.GetTimestamp();
        using var process = places.Start(cache, ["run", target, "--port", "0"]);
        try
        {
            string? line;
            while ((line = await process.StandardOutput.ReadLineAsync()) is not null && !line.StartsWith(ListeningPrefix, StringComparison.Ordinal))
            {
            }

            var address = line ?? throw new InvalidOperationException($"mik run {target} does not listen: {await process.StandardError.ReadToEndAsync()}");
            await client.GetStringAsync(address[ListeningPrefix.Length..] + path);
            var wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            process.Refresh();
            return (wall, process.TotalProcessorTime.TotalMilliseconds);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<(double Wall, double Cpu)> MeasureRunAsync(StartPlaces places, string target, string cache)
    {
        var start = Stopwatch.GetTimestamp();
        await RunToEndAsync(places, cache, ["test", target]);

        // What an ended process has used is not told any more.
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, double.NaN);
    }

    private static async Task RunToEndAsync(StartPlaces places, string cache, string[] arguments)
    {
        using var process = places.Start(cache, arguments);
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"mik {string.Join(' ', arguments)} ended with exit code {process.ExitCode}: {await error}");
        }
    }

    /// <param name="Name">For the table.</param>
    /// <param name="Target">A project's directory or a component.</param>
    /// <param name="Path">What to ask for first; null to run the tests instead.</param>
    private sealed record StartSubject(string Name, string Target, string? Path);

    /// <summary>The program, what it is started with, and a cache of its own.</summary>
    private sealed class StartPlaces : IDisposable
    {
        private const string Large = "js-fetch";

        private readonly string _program;
        private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("mik-starts-");

        public StartPlaces()
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(root.FullName, "Mik.slnx")))
            {
                root = root.Parent ?? throw new InvalidOperationException("Mik.slnx not found above the program.");
            }

            _program = Path.Combine(root.FullName, "artifacts", "bin", "Mik.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "mik");
            Cache = Path.Combine(_temporary.FullName, "cache");
            var shop = Path.Combine(root.FullName, "samples", "shop");
            Subjects.Add(new StartSubject("mik run samples/shop", shop, "/run/inventory/"));
            Subjects.Add(new StartSubject("mik test samples/shop", shop, null));

            // A JavaScript engine of 12,800 functions, kept beside the repository.
            var packed = Path.Combine(root.FullName, "..", "shared", "fixtures", "built", $"{Large}.wasm.gz");
            if (File.Exists(packed))
            {
                var component = Path.Combine(_temporary.FullName, $"{Large}.wasm");
                using (var unpacked = File.Create(component))
                {
                    using var content = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress);
                    content.CopyTo(unpacked);
                }

                Subjects.Add(new StartSubject($"mik run {Large}.wasm (14 MB)", component, $"/run/{Large}/"));
            }
        }

        public string Cache { get; }

        public List<StartSubject> Subjects { get; } = [];

        public Process Start(string cache, string[] arguments)
        {
            var start = new ProcessStartInfo(_program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["MIK_CACHE"] = cache;
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }

        public void Dispose() => _temporary.Delete(recursive: true);
    }
}
