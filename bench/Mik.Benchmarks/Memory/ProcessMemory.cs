using System.Globalization;

namespace Mik.Benchmarks.Memory;

/// <summary>What this process occupies, in bytes (Linux).</summary>
/// <param name="Proportional">Its share of memory (PSS): pages that several instances map from one image count once.</param>
/// <param name="Resident">Its resident set (VmRSS): such pages count once per mapping.</param>
/// <param name="ManagedHeap">Live objects of the managed heap.</param>
internal readonly record struct ProcessMemory(long Proportional, long Resident, long ManagedHeap)
{
    /// <summary>After everything that is garbage has been collected.</summary>
    public static ProcessMemory Settled()
    {
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        return new ProcessMemory(Read("/proc/self/smaps_rollup", "Pss:"), Read("/proc/self/status", "VmRSS:"), heap);
    }

    public static ProcessMemory operator -(ProcessMemory left, ProcessMemory right) => new(
        left.Proportional - right.Proportional, left.Resident - right.Resident, left.ManagedHeap - right.ManagedHeap);

    private static long Read(string file, string field)
    {
        var line = File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
