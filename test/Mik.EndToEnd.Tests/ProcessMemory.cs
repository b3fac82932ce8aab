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
    public static long Of(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/smaps_rollup").First(static l => l.StartsWith("Pss:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

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

    /// <summary>Waits until a process occupies no more than that, giving it something to do meanwhile; what it occupies in the end.</summary>
    public static async Task<long> SettleAsync(int processId, long bytes, TimeSpan patience, Func<Task> work)
    {
        var start = Stopwatch.StartNew();
        while (Of(processId) > bytes && start.Elapsed < patience)
        {
            // The garbage collector of an idle process has no reason to run.
            await work();
            await Task.Delay(SamplingInterval);
        }

        return Of(processId);
    }
}
