using System.Globalization;
using Mik.Benchmarks.Measurement;
using Mik.Wasm.Runtime;

namespace Mik.Benchmarks.Kernels;

/// <summary>The programs of <c>bench/kernels</c> on this engine and on Node's V8, both warm, turn about in one run.</summary>
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
        var turn = options.Seconds * 1000 / options.Rounds / 2;
        var ratios = new List<double>();
        await output.WriteLineAsync($"{"median of turns",-18} {"mik ms",9} {"V8 ms",9} {"mik/V8",7}");
        foreach (var kernel in Names(options.Only))
        {
            using var own = new EngineKernel(engine, kernel);
            var units = PrepareTurns(own, v8, kernel, turn);
            var (mik, other) = Measure(own, v8, kernel, units, options.Rounds);
            ratios.Add(mik / other);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{kernel,-18} {mik,9:F2} {other,9:F2} {mik / other,7:F2}"));
        }

        var mean = Math.Exp(ratios.Average(Math.Log));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{"geometric mean",-38} {mean,7:F2}"));
    }

    private static IEnumerable<string> Names(string only) => System.IO.Directory.GetFiles(Directory, "*.wasm")
        .Select(static file => Path.GetFileNameWithoutExtension(file)!)
        .Where(static name => name != Micro)
        .Where(name => only.Length == 0 || only.Split(',').Contains(name))
        .Order(StringComparer.Ordinal);

    // Warms both up with the least work, then finds how much of it fills a turn.
    private static uint PrepareTurns(EngineKernel own, V8Process v8, string kernel, double turn)
    {
        WarmUpWith(own.Run);
        WarmUpWith(units => v8.Run(kernel, units));
        for (uint units = 1; ; units *= 2)
        {
            var run = own.Run(units);
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
    private static (double Own, double V8) Measure(EngineKernel own, V8Process v8, string kernel, uint units, int rounds)
    {
        var times = (Own: new double[rounds], V8: new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            var first = round % 2 == 0 ? own.Run(units) : v8.Run(kernel, units);
            var second = round % 2 == 0 ? v8.Run(kernel, units) : own.Run(units);
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
