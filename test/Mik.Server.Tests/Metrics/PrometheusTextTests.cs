using System.Diagnostics.Metrics;
using System.Text;
using Mik.Server.Metrics;
using Mik.TestKit;
using Xunit;

namespace Mik.Server.Tests.Metrics;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new(nameof(PrometheusTextTests));

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Nothing_measured_is_nothing_written()
    {
        Assert.Empty(PrometheusText.Write([Family(MetricKind.Counter, "x_total")]));
    }

    [Fact]
    public void A_metric_is_written_with_help_type_and_samples_in_the_order_of_their_labels()
    {
        var family = Family(MetricKind.Counter, "x_total", ["a", "b"]);
        Record(family, 2, ("a", "2"), ("b", "x"));
        Record(family, 1, ("a", "1"), ("b", "y"));
        Record(family, 0.5, ("a", "1"), ("b", "y"));

        Assert.Equal(
            """
            # HELP x_total What it is.
            # TYPE x_total counter
            x_total{a="1",b="y"} 1.5
            x_total{a="2",b="x"} 2

            """.ReplaceLineEndings("\n"),
            Text(family));
    }

    [Theory]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("é}{,=", "é}{,=")]
    public void Label_values_are_escaped_and_read_back_as_they_were(string value, string escaped)
    {
        var family = Family(MetricKind.Gauge, "x", ["a"]);
        Record(family, 1, ("a", value));

        Assert.EndsWith($"x{{a=\"{escaped}\"}} 1\n", Text(family), StringComparison.Ordinal);
        Assert.Equal([$"x{{a=\"{value}\"}}"], PrometheusSamples.Parse(Text(family)).Values.Keys);
    }

    [Fact]
    public void Help_is_escaped_but_for_quotes()
    {
        var family = new MetricFamily(new MetricDefinition("x", "x", MetricKind.Gauge, "", [], "a\"b\\c\nd"));
        Record(family, 1);

        Assert.StartsWith("# HELP x a\"b\\\\c\\nd\n", Text(family), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e21, "1E+21")]
    [InlineData(0.1, "0.1")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_are_written_as_scrapers_read_them(double value, string text)
    {
        var series = new MetricFamily(new MetricDefinition("x", "x", MetricKind.Gauge, "", [], "What it is."));
        series.Record(_meter.CreateObservableGauge("x", () => value), value, []);

        Assert.EndsWith($"\nx {text}\n", Text(series), StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_counts_what_is_at_or_below_each_bound()
    {
        var family = new MetricFamily(
            new MetricDefinition("x_seconds", "x", MetricKind.Histogram, "s", ["a"], "What it is.") { Buckets = [0.1, 1] });
        foreach (var value in (double[])[0.05, 0.1, 0.5, 7])
        {
            Record(family, value, ("a", "b"));
        }

        Assert.Equal(
            """
            # HELP x_seconds What it is.
            # TYPE x_seconds histogram
            x_seconds_bucket{a="b",le="0.1"} 2
            x_seconds_bucket{a="b",le="1"} 3
            x_seconds_bucket{a="b",le="+Inf"} 4
            x_seconds_sum{a="b"} 7.65
            x_seconds_count{a="b"} 4

            """.ReplaceLineEndings("\n"),
            Text(family));
        _ = PrometheusSamples.Parse(Text(family));
    }

    private static MetricFamily Family(MetricKind kind, string name, string[]? labels = null) =>
        new(new MetricDefinition(name, "x", kind, "", labels ?? [], "What it is."));

    private static string Text(MetricFamily family) => Encoding.UTF8.GetString(PrometheusText.Write([family]));

    private void Record(MetricFamily family, double value, params (string Name, string Value)[] tags) => family.Record(
        _meter.CreateCounter<double>("x"), value, [.. tags.Select(static tag => new KeyValuePair<string, object?>(tag.Name, tag.Value))]);
}
