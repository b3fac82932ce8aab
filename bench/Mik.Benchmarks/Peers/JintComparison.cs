using System.Globalization;
using System.Text;
using Mik.Benchmarks.Measurement;
using Mik.Benchmarks.Requests;

namespace Mik.Benchmarks.Peers;

/// <summary>The same scripts behind the same server with mik's script engine and with Jint, turn about.</summary>
internal static class JintComparison
{
    // Requests first, then what only computes.
    private static readonly string[] Scripts = ["none", "parallel2", "sequential5", "fib", "loop", "objects"];

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        using var ours = new InProcessServer();
        using var theirs = new InProcessServer(static file => new JintScript(file));
        foreach (var script in Scripts)
        {
            await CompareAnswersAsync($"/script/{script}", ours, theirs);
        }

        var subjects = Scripts
            .Select(static script => $"/script/{script}")
            .SelectMany(path => new[]
            {
                new Subject($"mik {path}", 1, () => ours.ServeAsync(path)),
                new Subject($"Jint {path}", 1, () => theirs.ServeAsync(path)),
            })
            .ToList();
        var medians = (await options.Turns.MeasureAsync(subjects)).Select(RequestCost.Median).ToArray();

        await output.WriteLineAsync($"{"median of rounds",-16} {"mik CPU µs",11} {"of it kernel",12} {"Jint CPU µs",11} {"of it kernel",12} {"Jint/mik",9} {"mik wall µs",12} {"Jint wall µs",13} {"mik KiB",9} {"Jint KiB",9}");
        for (var i = 0; i < Scripts.Length; i++)
        {
            var (mik, jint) = (medians[2 * i], medians[2 * i + 1]);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{Scripts[i],-16} {mik.CpuMicroseconds,11:F1} {mik.KernelMicroseconds,12:F1} {jint.CpuMicroseconds,11:F1} {jint.KernelMicroseconds,12:F1} {jint.CpuMicroseconds / mik.CpuMicroseconds,9:F2} {mik.WallMicroseconds,12:F1} {jint.WallMicroseconds,13:F1} {mik.AllocatedBytes / 1024,9:F1} {jint.AllocatedBytes / 1024,9:F1}"));
        }
    }

    private static async Task CompareAnswersAsync(string path, InProcessServer ours, InProcessServer theirs)
    {
        var answer = await ours.ServeAsync(path);
        var other = await theirs.ServeAsync(path);
        if (!answer.AsSpan().SequenceEqual(other))
        {
            throw new InvalidOperationException(
                $"{path}: mik answers {Encoding.UTF8.GetString(answer)}, Jint {Encoding.UTF8.GetString(other)}; they do not do the same work.");
        }
    }
}
