using System.Diagnostics;
using System.Globalization;

namespace Mik.EndToEnd.Tests;

/// <summary>What a process occupies in memory, as the system counts it.</summary>
internal static class ProcessMemory
{
    // Taking a sample holds up the process for as long as it takes to walk its pages.
    private static readonly TimeSpan SamplingInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Bytes of memory that a process occupies now. Not its resident set: that counts the pages of an image which all its machines share
    /// once per machine.
    /// </summary>
    public static long Of(int processId) => Read($"/proc/{processId}/smaps_rollup", "Pss:");

    /// <summary>
    /// Bytes of memory that a process has in its mappings now: its resident set. Unlike <see cref="Of"/> it does not depend on which
    /// other processes use the same libraries.
    /// </summary>
    public static long ResidentOf(int processId) => Read($"/proc/{processId}/status", "VmRSS:");

    /// <summary>The most that a process occupies until something is over.</summary>
    public static async Task<long> PeakUntilAsync(int processId, Task over)
    {
        var peak = Of(processId);
        while (!over.IsCompleted)
        {
            await Task.WhenAny(over, Task.Delay(SamplingInterval));
            peak = Math.Max(peak, Of(processId));
        }

        return peak;
    }

    /// <summary>Waits until a process's resident set is no larger than that, giving it something to do meanwhile; its size in the end.</summary>
    public static async Task<long> SettleAsync(int processId, long bytes, TimeSpan patience, Func<Task> work)
    {
        var start = Stopwatch.StartNew();
        while (ResidentOf(processId) > bytes && start.Elapsed < patience)
        {
            // The garbage collector of an idle process has no reason to run.
            await work();
            await Task.Delay(SamplingInterval);
        }

        return ResidentOf(processId);
    }

    private static long Read(string file, string field)
    {
        var line = File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..^" kB".Length], CultureInfo.InvariantCulture) << 10;
    }
}
