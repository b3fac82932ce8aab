using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mik.Server.Metrics;
using Mik.TestKit;
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
                if (instrument.Meter.Scope == metrics || instrument.Meter.Name is "Mik.Wasm" or "Mik.Components" or MetricCatalog.RuntimeMeter)
                {
                    published[(instrument.Meter.Name, instrument.Name)] = instrument;
                }
            },
        };
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Components.Runtime.ComponentMetrics).TypeHandle);
        _ = new Wasm.Runtime.Engine().Compile(new byte[] { 0, 0x61, 0x73, 0x6d, 1, 0, 0, 0 }, "empty");
        metrics.Observe(() => throw new InvalidOperationException(), null!, null!, null!, null);
        listener.Start();

        Assert.Empty(MetricCatalog.All.Where(metric => !published.ContainsKey((metric.Meter, metric.Instrument))).Select(static metric => metric.Name));
        foreach (var ((meter, name), instrument) in published.Where(static p => p.Key.Item1 != MetricCatalog.RuntimeMeter))
        {
            var row = Assert.Single(MetricCatalog.All, metric => metric.Meter == meter && metric.Instrument == name);
            Assert.Equal(row.Unit, instrument.Unit ?? "");
            Assert.Contains(row.Kind.ToString(), instrument.GetType().Name, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Alerts_use_only_what_there_is()
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "deploy", "prometheus", "mik.rules.yml"));
        var expressions = lines.Where(static line => line.TrimStart().StartsWith("expr: ", StringComparison.Ordinal)).Select(static line => line.Trim()["expr: ".Length..]).ToList();

        Assert.Equal(lines.Count(static line => line.Contains("- alert: ", StringComparison.Ordinal)), expressions.Count);
        Assert.NotEmpty(expressions);
        Assert.Empty(expressions.SelectMany(static expression => UnknownNames(expression, legend: "")));
    }

    [Fact]
    public void The_dashboard_uses_only_what_there_is()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "deploy", "grafana", "mik.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        var targets = panels.Where(static panel => panel.TryGetProperty("targets", out _)).SelectMany(static panel => panel.GetProperty("targets").EnumerateArray()).ToList();
        var variables = dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray()
            .Select(static variable => variable.GetProperty("query").GetString()!)
            .Where(static query => query.StartsWith("label_values(", StringComparison.Ordinal))
            .Select(static query => query["label_values(".Length..^1].Split(", "));

        Assert.NotEmpty(targets);
        Assert.Distinct(panels.Select(static panel => panel.GetProperty("id").GetInt32()));
        Assert.Empty(targets.SelectMany(static target => UnknownNames(target.GetProperty("expr").GetString()!, target.GetProperty("legendFormat").GetString()!)));
        Assert.All(variables, static variable => Assert.Empty(UnknownNames($"{variable[0]}{{{variable[1]}=\"\"}}", legend: "")));
    }

    [Theory]
    [InlineData("sum by (a, b) (rate(x_total{c=~\"d{e}\",f!=\"\"}[5m])) / on (g) y > 0.5", "x_total{c,f} y{} by a b g")]
    [InlineData("histogram_quantile(0.99, sum by (le) (rate(x_bucket[$__rate_interval]))) and up == 0", "x_bucket{} up{} by le")]
    public void Names_of_expressions_are_found(string expression, string expected)
    {
        var names = PromQlNames.Of(expression);

        Assert.Equal(expected, $"{string.Join(' ', names.Metrics.Select(static m => $"{m.Metric}{{{string.Join(',', m.Labels)}}}"))} by {string.Join(' ', names.Grouping)}");
    }

    // Labels that the scraper adds are there everywhere.
    private static IEnumerable<string> UnknownNames(string expression, string legend)
    {
        var names = PromQlNames.Of(expression);
        var known = new HashSet<string> { "job", "instance" };
        foreach (var (metric, labels) in names.Metrics)
        {
            var own = LabelsOf(metric);
            if (own is null)
            {
                yield return $"{metric} in {expression}";
                continue;
            }

            known.UnionWith(own);
            foreach (var label in labels.Except([.. own, "job", "instance"]))
            {
                yield return $"{metric}{{{label}}} in {expression}";
            }
        }

        foreach (var label in names.Grouping.Concat(Regex.Matches(legend, @"\{\{(\w+)\}\}").Select(static match => match.Groups[1].Value)).Except(known))
        {
            yield return $"{label} in {expression}";
        }
    }

    private static string[]? LabelsOf(string metric) => metric == "up" ? [] : MetricCatalog.All
        .SelectMany(static m => m.Kind == MetricKind.Histogram
            ? new (string Name, string[] Labels)[] { ($"{m.Name}_bucket", [.. m.Labels, "le"]), ($"{m.Name}_sum", m.Labels), ($"{m.Name}_count", m.Labels) }
            : [(m.Name, m.Labels)])
        .Where(sample => sample.Name == metric)
        .Select(static sample => sample.Labels)
        .FirstOrDefault();
}
