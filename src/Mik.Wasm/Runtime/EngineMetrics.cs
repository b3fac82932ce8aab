using System.Diagnostics.Metrics;
using Mik.Wasm.Runtime.Allocation;

namespace Mik.Wasm.Runtime;

/// <summary>What the engines of this process measure of themselves. Costs nothing while nobody listens. Thread-safe.</summary>
public static class EngineMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Mik.Wasm";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> CompileDuration = Meter.CreateHistogram<double>("mik.engine.compile.duration", "s");
    private static readonly Counter<long> Compiled = Meter.CreateCounter<long>("mik.engine.compiled", "By");

    static EngineMetrics()
    {
        Meter.CreateObservableCounter(
            "mik.engine.memories",
            static () => (Measurement<long>[])[Of(WarmMemories.Taken, "pool"), Of(WarmMemories.Missed, "new")],
            "{memory}");
        Meter.CreateObservableGauge("mik.engine.memories_idle", static () => (long)WarmMemories.Parked, "{memory}");
    }

    internal static void ModuleCompiled(TimeSpan duration, int bytes)
    {
        CompileDuration.Record(duration.TotalSeconds);
        Compiled.Add(bytes);
    }

    private static Measurement<long> Of(long value, string origin) => new(value, new KeyValuePair<string, object?>("origin", origin));
}
