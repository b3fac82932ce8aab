using System.Globalization;
using Mik.Benchmarks.Measurement;

namespace Mik.Benchmarks.Requests;

/// <summary>What a request costs: a handler alone, and scripts with no, two parallel and five sequential calls of that handler.</summary>
internal static class ScriptRequests
{
    private static readonly string[] Scripts = ["none", "parallel2", "sequential5"];

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        using var server = new InProcessServer();
        var calls = new ImmediateCalls();
        var subjects = new List<Subject>();
        foreach (var callers in (int[])[1, 2])
        {
            subjects.Add(new Subject("handler http_hello", callers, () => server.ServeAsync("/run/http_hello/")));
            foreach (var script in Scripts)
            {
                subjects.Add(new Subject($"script {script}", callers, () => server.ServeAsync($"/script/{script}")));
                subjects.Add(new Subject($"script {script}, calls answered at once", callers, () => server.RunScriptAsync(script, calls, default)));
            }
        }

        subjects.RemoveAll(subject => options.Only.Length > 0 && subject.Name != options.Only);
        var costs = await options.Turns.MeasureAsync(subjects);
        await output.WriteLineAsync($"{"per request, median of rounds",-44} {"callers",7} {"wall µs",9} {"CPU µs",9} {"of it kernel",12} {"KiB",7}  {"CPU µs min…max",15}");
        for (var i = 0; i < subjects.Count; i++)
        {
            var median = RequestCost.Median(costs[i]);
            var (least, most) = (costs[i].Min(static cost => cost.CpuMicroseconds), costs[i].Max(static cost => cost.CpuMicroseconds));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{subjects[i].Name,-44} {subjects[i].Callers,7} {median.WallMicroseconds,9:F1} {median.CpuMicroseconds,9:F1} {median.KernelMicroseconds,12:F1} {median.AllocatedBytes / 1024,7:F1}  {least,7:F1}…{most:F1}"));
        }
    }
}
