using System.Globalization;
using System.Text;

namespace Mik.Server.Metrics;

/// <summary>The table of metrics in the guide, written from <see cref="MetricCatalog"/>.</summary>
internal static class MetricReference
{
    /// <summary>The table as Markdown.</summary>
    public static string ToMarkdown()
    {
        var table = new StringBuilder("| Metric | Type | Labels | What it is |\n|---|---|---|---|\n");
        foreach (var metric in MetricCatalog.All)
        {
            var labels = string.Join(", ", metric.Labels.Select(static label => $"`{label}`"));
            table.Append(CultureInfo.InvariantCulture, $"| `{metric.Name}` | {WordFor(metric.Kind)} | {labels} | {metric.Help} |\n");
        }

        return table.ToString();
    }

    private static string WordFor(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };
}
