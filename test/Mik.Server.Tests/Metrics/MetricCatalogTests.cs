using System.Diagnostics.Metrics;
using Mik.Server.Metrics;
using Xunit;

namespace Mik.Server.Tests.Metrics;

public sealed class MetricCatalogTests
{
    public static TheoryData<string> Names => [.. MetricCatalog.All.Select(static metric => metric.Name)];

    [Fact]
    public void Names_and_instruments_are_there_once()
    {
        Assert.Distinct(MetricCatalog.All.Select(static metric => metric.Name));
        Assert.Distinct(MetricCatalog.All.Select(static metric => (metric.Meter, metric.Instrument)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_follows_from_instrument_unit_and_kind_as_OpenTelemetry_says(string name)
    {
        var metric = MetricCatalog.All.Single(metric => metric.Name == name);
        var expected = metric.Instrument.Replace('.', '_');
        var unit = metric.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        expected += expected.EndsWith(unit, StringComparison.Ordinal) ? "" : unit;
        expected += metric.Kind == MetricKind.Counter ? "_total" : "";

        Assert.Equal(expected, metric.Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Labels_fit_and_buckets_ascend(string name)
    {
        var metric = MetricCatalog.All.Single(metric => metric.Name == name);

        Assert.True(metric.Labels.Length <= SeriesKey.MaxLabels);
        Assert.Equal(metric.Kind == MetricKind.Histogram, metric.Buckets.Length > 0);
        Assert.Equal(metric.Buckets.Order().Distinct(), metric.Buckets);
        Assert.EndsWith(".", metric.Help, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_instrument_of_ours_has_a_row_and_every_row_an_instrument()
    {
        var published = new Dictionary<(string, string), Instrument>();
        using var metrics = new ServerMetrics();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == metrics || instrument.Meter.Name is "Mik.Wasm" or MetricCatalog.RuntimeMeter)
                {
                    published[(instrument.Meter.Name, instrument.Name)] = instrument;
                }
            },
        };
        _ = new Wasm.Runtime.Engine().Compile(new byte[] { 0, 0x61, 0x73, 0x6d, 1, 0, 0, 0 }, "empty");
        metrics.Observe(() => throw new InvalidOperationException(), null!, null!, null!);
        listener.Start();

        Assert.Empty(MetricCatalog.All.Where(metric => !published.ContainsKey((metric.Meter, metric.Instrument))).Select(static metric => metric.Name));
        foreach (var ((meter, name), instrument) in published.Where(static p => p.Key.Item1 != MetricCatalog.RuntimeMeter))
        {
            var row = Assert.Single(MetricCatalog.All, metric => metric.Meter == meter && metric.Instrument == name);
            Assert.Equal(row.Unit, instrument.Unit ?? "");
            Assert.Contains(row.Kind.ToString(), instrument.GetType().Name, StringComparison.Ordinal);
        }
    }
}
