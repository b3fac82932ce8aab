using System.Globalization;
using Mik.Benchmarks.Measurement;
using Mik.Wasm.Runtime;

namespace Mik.Benchmarks.Kernels;

/// <summary>The programs of <c>bench/kernels</c> on this engine and on Node's V8, both warm, turn about in one run: those in C, then scripts in QuickJS.</summary>
internal static class KernelComparison
{
    // Both engines compile again what has been called often; thirty calls and a quiet tenth of a second are .NET's measure of often.
    private const int WarmUpCalls = 60;
    private const double WarmUpMilliseconds = 1000;

    /// <summary>The program that is there for <see cref="MicroBenchmarks"/>.</summary>
    public const string Micro = "micro";

    /// <summary>Where the kernels are.</summary>
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "kernels");

    /// <summary>Measures and prints a table.</summary>
    /// <exception cref="InvalidOperationException">The engines disagree about a result.</exception>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        using var v8 = V8Process.Start();
        var engine = new Engine();
        var ratios = new List<double>();
        await output.WriteLineAsync($"{"median of turns",-18} {"mik ms",9} {"V8 ms",9} {"mik/V8",7}");
        foreach (var kernel in Wanted(Compiled(), options.Only))
        {
            using var own = new EngineKernel(engine, kernel);
            ratios.Add(await CompareAsync(kernel, own.Run, v8, options, output));
        }

        if (ratios.Count > 0)
        {
            var mean = Math.Exp(ratios.Average(Math.Log));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{"geometric mean",-38} {mean,7:F2}"));
        }

        using var scripts = new ScriptKernels(engine);
        foreach (var kernel in Wanted(ScriptKernels.Names, options.Only))
        {
            await CompareAsync(kernel, units => scripts.Run(kernel, units), v8, options, output);
        }
    }

    private static async Task<double> CompareAsync(
        string kernel, Func<uint, KernelRun> own, V8Process v8, BenchmarkOptions options, TextWriter output)
    {
        var turn = options.Seconds * 1000 / options.Rounds / 2;
        var (mik, other) = Measure(kernel, own, v8, PrepareTurns(kernel, own, v8, turn), options.Rounds);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{kernel,-18} {mik,9:F2} {other,9:F2} {mik / other,7:F2}"));
        return mik / other;
    }

    private static IEnumerable<string> Compiled() => System.IO.Directory.GetFiles(Directory, "*.wasm")
        .Select(static file => Path.GetFileNameWithoutExtension(file)!)
        .Where(static name => name != Micro)
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Wanted(IEnumerable<string> names, string only) =>
        names.Where(name => only.Length == 0 || only.Split(',').Contains(name));

    // Warms both up with the least work, then finds how much of it fills a turn.
    private static uint PrepareTurns(string kernel, Func<uint, KernelRun> own, V8Process v8, double turn)
    {
        WarmUpWith(own);
        WarmUpWith(units => v8.Run(kernel, units));
        for (uint units = 1; ; units *= 2)
        {
            var run = own(units);
            if (run.Milliseconds >= turn / 2)
            {
                return (uint)Math.Max(1, units * turn / run.Milliseconds);
            }
        }
    }

    private static void WarmUpWith(Func<uint, KernelRun> run)
    {
        var time = 0d;
        for (var calls = 0; calls < WarmUpCalls || time < WarmUpMilliseconds; calls++)
        {
            time += run(1).Milliseconds;
        }
    }

    // Who goes first changes from round to round.
    private static (double Own, double V8) Measure(
        string kernel, Func<uint, KernelRun> own, V8Process v8, uint units, int rounds)
    {
        var times = (Own: new double[rounds], V8: new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            var first = round % 2 == 0 ? own(units) : v8.Run(kernel, units);
            var second = round % 2 == 0 ? v8.Run(kernel, units) : own(units);
            if (first.Result != second.Result)
            {
                throw new InvalidOperationException($"{kernel}({units}) is {first.Result} on one engine and {second.Result} on the other.");
            }

            (times.Own[round], times.V8[round]) = round % 2 == 0
                ? (first.Milliseconds, second.Milliseconds)
                : (second.Milliseconds, first.Milliseconds);
        }

        return (Medians.Of(times.Own), Medians.Of(times.V8));
    }
}
