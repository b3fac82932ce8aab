using System.Diagnostics;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>The benchmarks run; what they measure is nobody's business here.</summary>
public sealed class BenchmarkTests
{
    private static readonly string Program = Path.Combine(
        RepositoryRoot.Path, "artifacts", "bin", "Mik.Benchmarks", new DirectoryInfo(AppContext.BaseDirectory).Name, "Mik.Benchmarks.dll");

    [Theory]
    [InlineData("scripts", "script parallel2")]
    [InlineData("load", "typed.ts")]
    [InlineData("memory", "mik, first time")]
    [InlineData("tenants", "unloaded, KiB (PSS)")]
    [InlineData("jint", "sequential5")]
    [InlineData("echo", "HTTP/2")]
    [InlineData("waiting", "another handler")]
    [InlineData("soak", "0 with another outcome")]
    public async Task Every_benchmark_prints_its_table_after_one_short_round(string benchmark, string row)
    {
        var (exitCode, output) = await RunAsync(benchmark, "--seconds", "0", "--rounds", "1", "--requests", "2", "--tenants", "3", "--called", "2", "--mib", "1");

        Assert.Equal(0, exitCode);
        Assert.Contains(row, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("scripts", "--rounds", "0")]
    [InlineData("scripts", "--rounds")]
    public async Task What_makes_no_sense_is_refused_with_the_usage(params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var timeout = new CancellationTokenSource(MikProcess.Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
