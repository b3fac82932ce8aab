using System.Diagnostics;
using System.Globalization;

namespace Mik.Fuzz;

/// <summary>
/// Has mutants tried by a process of their own, begins a new one behind each mutant that ended it, and counts. The last line tells everything.
/// </summary>
internal static class Supervisor
{
    // Whatever a process gathers over time must not look like a mutant's doing.
    private const int MutantsPerProcess = 20_000;

    /// <returns>The exit code: 0 when nothing was found.</returns>
    public static int Run(FuzzOptions options)
    {
        var end = options.First + options.Count;
        var stages = new long[Enum.GetValues<FuzzStage>().Length];
        var findings = 0;
        var time = Stopwatch.StartNew();
        var progress = Path.GetTempFileName();
        for (var next = options.First; next < end;)
        {
            var part = options with { First = next, Count = Math.Min(MutantsPerProcess, end - next) };
            var (exitCode, output) = Start(part, progress);
            Add(stages, output);
            if (exitCode == 0)
            {
                next += part.Count;
            }
            else
            {
                var last = File.ReadAllBytes(progress) is { Length: 8 } bytes ? BitConverter.ToInt64(bytes) : next;
                Report(part, last, exitCode, output);
                findings++;
                next = last + 1;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{next - options.First} mutants of seed {options.Seed} in {time.Elapsed.TotalSeconds:0} s: {stages[0]} refused, {stages[1]} compiled, {stages[2]} instantiated, {stages[3]} run; {findings} findings"));
        }

        File.Delete(progress);
        return findings == 0 ? 0 : 1;
    }

    private static (int ExitCode, string Output) Start(FuzzOptions options, string progress)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, options.ToArguments(progress)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode is 0 or Worker.FoundException or Worker.FoundGrowth ? output.Result : error.Result);
    }

    private static void Add(long[] stages, string output)
    {
        var counts = output.Trim().Split(' ');
        for (var i = 0; i < stages.Length && counts.Length == stages.Length; i++)
        {
            stages[i] += long.Parse(counts[i], CultureInfo.InvariantCulture);
        }
    }

    private static void Report(FuzzOptions options, long number, int exitCode, string output)
    {
        if (exitCode is not (Worker.FoundException or Worker.FoundHang or Worker.FoundGrowth))
        {
            Finding.Save(options, number, Mutant.Of(Corpus.Load(), options.Seed, number).Bytes, $"the process ended with {exitCode}:\n{output}");
        }

        var what = File.ReadAllText(Path.Combine(options.Output, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}-{number}.txt")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mutant {number}: {what}"));
    }
}
