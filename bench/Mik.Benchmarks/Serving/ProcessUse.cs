using System.Globalization;

namespace Mik.Benchmarks.Serving;

/// <summary>What a process has of the system (Linux).</summary>
/// <param name="ResidentBytes">Its resident set.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Handles">Its open files and sockets.</param>
internal readonly record struct ProcessUse(long ResidentBytes, int Threads, int Handles)
{
    private const double MiB = 1024 * 1024;

    public static ProcessUse Of(int process)
    {
        var status = File.ReadAllLines($"/proc/{process}/status");
        return new ProcessUse(Read(status, "VmRSS:") << 10, (int)Read(status, "Threads:"), Directory.GetFiles($"/proc/{process}/fd").Length);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{ResidentBytes / MiB,8:F1} MiB resident {Threads,5} threads {Handles,5} handles");

    private static long Read(string[] status, string field)
    {
        var line = Array.Find(status, line => line.StartsWith(field, StringComparison.Ordinal))!;
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }
}
