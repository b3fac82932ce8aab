using System.Diagnostics.Metrics;
using Mik.Server.Metrics;
using Xunit;

namespace Mik.Server.Tests.Metrics;

public sealed class MetricFamilyTests : IDisposable
{
    private readonly Meter _meter = new(nameof(MetricFamilyTests));
    private readonly MetricFamily _counter = new(new MetricDefinition("x_total", "x", MetricKind.Counter, "", ["a_b"], "What it is."));

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Measurements_of_one_series_add_up_from_all_threads()
    {
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                Add(_counter, "one");
            }
        });

        Assert.Equal(8000, Assert.Single(_counter.Series).Value.Value);
    }

    [Fact]
    public void Series_beyond_all_measure_share_one()
    {
        for (var i = 0; i < 6000; i++)
        {
            Add(_counter, $"name-{i}");
        }

        Assert.Equal(5001, _counter.Series.Count());
        Assert.Equal(1000, _counter.Series.Single(series => series.Key.First == MetricCatalog.OtherName).Value.Value);
    }

    [Fact]
    public void Tags_are_found_by_name_and_a_missing_one_is_empty()
    {
        var family = new MetricFamily(new MetricDefinition("x", "x", MetricKind.Gauge, "", ["first", "gc_heap", "third"], "What it is."));

        family.Record(_meter.CreateCounter<long>("x"), 1, [new("gc.heap", 2), new("first", "1"), new("more", "no label")]);

        Assert.Equal(new SeriesKey("1", "2", ""), Assert.Single(family.Series).Key);
    }

    [Fact]
    public void What_is_observed_replaces_what_was()
    {
        var gauge = _meter.CreateObservableGauge("x", static () => 1);
        _counter.Record(gauge, 5, [new("a.b", "gone")]);
        _counter.BeginObservation();
        _counter.Record(gauge, 3, [new("a.b", "here")]);
        _counter.Record(gauge, 4, [new("a.b", "here")]);

        var (key, series) = Assert.Single(_counter.Series);
        Assert.Equal(("here", 4), (key.First, series.Value));
    }

    [Fact]
    public void A_measurement_of_a_known_series_allocates_nothing()
    {
        var instrument = _meter.CreateCounter<long>("x");
        var family = new MetricFamily(new MetricDefinition("x_total", "x", MetricKind.Counter, "", ["a", "b", "c"], "What it is."));

        // Once for a new series, once for a known one: types that are used for the first time have objects of their own.
        Measure();
        Measure();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Measure() => family.Record(instrument, 1, [new("a", "x"), new("b", "y"), new("c", "z")]);
    }

    private void Add(MetricFamily family, string name) => family.Record(_meter.CreateCounter<long>("x"), 1, [new("a.b", name)]);
}
