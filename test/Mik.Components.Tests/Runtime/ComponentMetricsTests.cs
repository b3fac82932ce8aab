using System.Diagnostics.Metrics;
using Mik.Components.Runtime;

namespace Mik.Components.Tests.Runtime;

public sealed class ComponentMetricsTests
{
    [Fact]
    public void Instances_are_counted_by_component_and_origin()
    {
        var seen = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == ComponentMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };

        // Other tests make instances meanwhile.
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (Equals(tags[0].Value, "component-of-this-test"))
            {
                seen.Add($"{value} {tags[0].Key}={tags[0].Value} {tags[1].Key}={tags[1].Value}");
            }
        });
        listener.Start();

        ComponentMetrics.InstanceTaken("component-of-this-test", isWarm: false);
        ComponentMetrics.InstanceTaken("component-of-this-test", isWarm: true);

        Assert.Equal(["1 handler=component-of-this-test origin=new", "1 handler=component-of-this-test origin=pool"], seen);
    }
}
