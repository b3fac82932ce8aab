using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Mik.TestKit;
using Xunit;

namespace Mik.Conformance.Tests.Robustness;

/// <summary>
/// Thousands of altered modules and components through decoder, validator, compiler and execution: only documented exceptions come out. Always the same
/// ones; <c>make fuzz</c> tries others.
/// </summary>
public sealed partial class MutationTests(ITestOutputHelper output)
{
    private const int Mutants = 12_000;

    // In a process of its own, which a mistake could end: started, not referenced.
    private static string Program { get; } = Path.Combine(
        RepositoryRoot.Path, "artifacts", "bin", "Mik.Fuzz", new DirectoryInfo(AppContext.BaseDirectory).Name, "Mik.Fuzz");

    [Fact]
    public async Task Altered_modules_are_refused_or_run_and_nothing_else()
    {
        var found = Directory.CreateTempSubdirectory("mik-fuzz-").FullName;
        using var process = Process.Start(new ProcessStartInfo(Program, ["--count", Mutants.ToString(CultureInfo.InvariantCulture), "--output", found])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();

        var result = await MikProgramResult.OfAsync(process, TimeSpan.FromMinutes(10));

        output.WriteLine(result.Output);
        Assert.True(result.ExitCode == 0, $"{result.Output}{result.Error}\nSaved in {found}");
        Directory.Delete(found);
        var counts = Counts().Match(result.Output);
        Assert.All(counts.Groups.Values.Skip(1), static count => Assert.NotEqual("0", count.Value));
    }

    [GeneratedRegex(@"(\d+) mutants of seed 1 in \d+ s: (\d+) refused, (\d+) compiled, (\d+) instantiated, (\d+) run; 0 findings\n\z")]
    private static partial Regex Counts();
}
