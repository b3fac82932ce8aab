using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Mik.Server.Metrics;

/// <summary>What Prometheus' own clients tell of their process, under the names that they gave it.</summary>
internal static class ProcessMetrics
{
    private const string Descriptors = "/proc/self/fd";
    private const string Limits = "/proc/self/limits";
    private const string MaxOpenFiles = "Max open files";

    /// <summary>Adds the instruments to a meter.</summary>
    public static void AddTo(Meter meter)
    {
        var cpu = MetricCatalog.ProcessCpu;
        meter.CreateObservableCounter(cpu.Instrument, static () => Environment.CpuUsage.TotalTime.TotalSeconds, cpu.Unit, cpu.Help);
        Gauge(meter, MetricCatalog.ProcessStart, static process => SecondsOf(process.StartTime));
        Gauge(meter, MetricCatalog.ProcessResident, static process => process.WorkingSet64);
        Gauge(meter, MetricCatalog.ProcessVirtual, static process => process.VirtualMemorySize64);
        Gauge(meter, MetricCatalog.ProcessThreads, static process => process.Threads.Count);
        if (OperatingSystem.IsLinux())
        {
            Gauge(meter, MetricCatalog.ProcessOpenFiles, static _ => Directory.EnumerateFileSystemEntries(Descriptors).Count());
            Gauge(meter, MetricCatalog.ProcessMaxFiles, static _ => MaxFilesOf(File.ReadLines(Limits)));
        }
    }

    /// <summary>The limit in force, from the system's table of limits; none is infinite.</summary>
    internal static double MaxFilesOf(IEnumerable<string> limits)
    {
        var row = limits.FirstOrDefault(static line => line.StartsWith(MaxOpenFiles, StringComparison.Ordinal)) ?? MaxOpenFiles;
        var soft = row[MaxOpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return double.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : double.PositiveInfinity;
    }

    private static double SecondsOf(DateTime time) => new DateTimeOffset(time).ToUnixTimeMilliseconds() / 1000.0;

    private static void Gauge(Meter meter, MetricDefinition definition, Func<Process, double> value) => meter.CreateObservableGauge(
        definition.Instrument,
        () =>
        {
            using var process = Process.GetCurrentProcess();
            return value(process);
        },
        definition.Unit,
        definition.Help);
}
