using System.Diagnostics.Metrics;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Runtime;

public sealed class EngineMetricsTests
{
    [Fact]
    public void Compiled_modules_and_memories_are_measured()
    {
        byte[] empty = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == EngineMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Note(instrument.Name, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Note(instrument.Name, value));
        listener.Start();

        _ = new Engine().Compile(empty, "empty");
        listener.RecordObservableInstruments();

        Assert.Equal(
            ["mik.engine.compile.duration", "mik.engine.compiled", "mik.engine.memories", "mik.engine.memories_idle"], seen.Keys.Order());
        Assert.True(seen["mik.engine.compile.duration"] > 0);
        Assert.True(seen["mik.engine.compiled"] >= empty.Length);

        // Other tests compile meanwhile.
        void Note(string instrument, double value)
        {
            lock (seen)
            {
                seen[instrument] = seen.GetValueOrDefault(instrument) + value;
            }
        }
    }
}
