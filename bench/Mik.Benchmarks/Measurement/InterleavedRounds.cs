using System.Diagnostics;

namespace Mik.Benchmarks.Measurement;

/// <summary>
/// Measures subjects turn about: each round gives every subject one slice of time, so that whatever slows the machine down for a
/// while slows all of them down. The first round warms up and is dropped.
/// </summary>
/// <param name="rounds">How many rounds count.</param>
/// <param name="slice">How long a subject's turn lasts. Zero asks once.</param>
internal sealed class InterleavedRounds(int rounds, TimeSpan slice)
{
    // Long enough for the runtime to have optimised most of what a request uses.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>The costs of every subject, round by round.</summary>
    public async Task<IReadOnlyList<RequestCost[]>> MeasureAsync(IReadOnlyList<Subject> subjects)
    {
        foreach (var subject in subjects)
        {
            await RunAsync(subject, slice == TimeSpan.Zero ? TimeSpan.Zero : WarmUp);
        }

        var costs = subjects.Select(_ => new RequestCost[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < subjects.Count; i++)
            {
                costs[i][round] = await RunAsync(subjects[i], slice);
            }
        }

        return costs;
    }

    private static async Task<RequestCost> RunAsync(Subject subject, TimeSpan duration)
    {
        // What earlier turns left behind is theirs.
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage;
        var start = Stopwatch.GetTimestamp();

        var counts = await Task.WhenAll(Enumerable.Range(0, subject.Callers).Select(_ => Task.Run(() => AskUntilAsync(subject, start, duration))));

        var wall = Stopwatch.GetElapsedTime(start);
        var cpuAfter = Environment.CpuUsage;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        double requests = counts.Sum();
        return new RequestCost(
            wall.TotalMicroseconds * subject.Callers / requests,
            (cpuAfter.TotalTime - cpu.TotalTime).TotalMicroseconds / requests,
            (cpuAfter.PrivilegedTime - cpu.PrivilegedTime).TotalMicroseconds / requests,
            allocated / requests);
    }

    private static async Task<int> AskUntilAsync(Subject subject, long start, TimeSpan duration)
    {
        var count = 0;
        do
        {
            await subject.AskAsync();
            count++;
        }
        while (Stopwatch.GetElapsedTime(start) < duration);

        return count;
    }
}
