using System.Diagnostics;
using System.Text.Json;

namespace Mik.Benchmarks.Measurement;

/// <summary>This program once more, for what a process can only be measured once for.</summary>
internal static class ChildProcess
{
    /// <summary>Runs it to its end; what it wrote, read as JSON.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<double[]> MeasureAsync(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Mik.Benchmarks.dll");
        using var child = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
        var figures = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return child.ExitCode == 0
            ? JsonSerializer.Deserialize<double[]>(figures)!
            : throw new InvalidOperationException($"'{string.Join(' ', arguments)}' in a process of its own ended with exit code {child.ExitCode}.");
    }

    /// <summary>Writes what <see cref="MeasureAsync"/> reads.</summary>
    public static Task AnswerAsync(params double[] figures) => Console.Out.WriteLineAsync(JsonSerializer.Serialize(figures));
}
