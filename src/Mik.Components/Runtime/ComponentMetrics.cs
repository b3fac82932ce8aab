using System.Diagnostics.Metrics;

namespace Mik.Components.Runtime;

/// <summary>What is measured of the components of this process. Costs nothing while nobody listens. Thread-safe.</summary>
public static class ComponentMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Mik.Components";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Instances = Meter.CreateCounter<long>("mik.handler.instances", "{instance}");

    /// <summary>An instance was handed out.</summary>
    /// <param name="component">The component's name.</param>
    /// <param name="isWarm">Whether it waited in the pool, rather than was made.</param>
    internal static void InstanceTaken(string component, bool isWarm) => Instances.Add(
        1,
        new KeyValuePair<string, object?>("handler", component),
        new KeyValuePair<string, object?>("origin", isWarm ? "pool" : "new"));
}
