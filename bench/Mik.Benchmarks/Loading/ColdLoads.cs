using System.Diagnostics;
using System.Globalization;
using Mik.Benchmarks.Measurement;
using Mik.Benchmarks.Requests;
using Mik.Scripting;
using Mik.Server.Execution;
using Mik.Wasm.Runtime;

namespace Mik.Benchmarks.Loading;

/// <summary>
/// How long it takes from a script host to a loaded program. The first load of a process compiles the script engine, and the stripper
/// if there are types, so that each round is a process of its own.
/// </summary>
internal static class ColdLoads
{
    /// <summary>The benchmark that a child process runs; its argument is the script's file.</summary>
    public const string ChildCommand = "load-once";

    private const int LaterLoads = 20;

    private static readonly string[] Scripts = ["untyped.js", "typed.ts"];

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        var loads = Scripts.ToDictionary(static script => script, static _ => new List<double[]>());
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var script in Scripts)
            {
                loads[script].Add(await ChildProcess.MeasureAsync(ChildCommand, script));
            }
        }

        await output.WriteLineAsync($"{"median of processes",-20} {"first ms",9} {"second ms",10} {"later ms",9}");
        foreach (var script in Scripts)
        {
            var (first, second, later) = (Median(script, 0), Median(script, 1), Median(script, 2));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{script,-20} {first,9:F1} {second,10:F2} {later,9:F2}"));
        }

        double Median(string script, int figure) => Medians.Of(loads[script].Select(load => load[figure]));
    }

    /// <summary>Loads a script again and again in this process and answers with milliseconds: first, second, median of the later ones.</summary>
    public static async Task RunChildAsync(string script)
    {
        using var threads = new GuestThreads(1, TimeSpan.FromSeconds(30), TimeProvider.System);
        var host = new ScriptHost(new Engine());
        var root = Path.Combine(InProcessServer.ProjectDirectory, "scripts");
        var times = new List<double>();
        for (var i = 0; i < LaterLoads + 2; i++)
        {
            times.Add(await threads.RunAsync(() => TimeOf(() => host.Load(Path.Combine(root, script), root).Dispose())));
        }

        await ChildProcess.AnswerAsync(times[0], times[1], Medians.Of(times.Skip(2)));
    }

    private static double TimeOf(Action load)
    {
        var start = Stopwatch.GetTimestamp();
        load();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
