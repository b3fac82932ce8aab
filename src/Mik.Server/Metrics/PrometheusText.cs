using System.Globalization;
using System.Text;

namespace Mik.Server.Metrics;

/// <summary>
/// Writes metrics in the text format that Prometheus and whatever speaks its language read, version 0.0.4. Metrics without series are
/// left out.
/// </summary>
internal static class PrometheusText
{
    /// <summary>The format's media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The text of some metrics, in UTF-8.</summary>
    public static byte[] Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var family in families)
        {
            Write(text, family);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(StringBuilder text, MetricFamily family)
    {
        var definition = family.Definition;
        var isFirst = true;
        foreach (var (labels, series) in family.Series)
        {
            if (isFirst)
            {
                isFirst = false;
                text.Append("# HELP ").Append(definition.Name).Append(' ');
                Escape(text, definition.Help, quotes: false).Append('\n');
                text.Append("# TYPE ").Append(definition.Name).Append(' ').Append(TypeOf(definition.Kind)).Append('\n');
            }

            if (definition.Kind == MetricKind.Histogram)
            {
                WriteHistogram(text, definition, labels, series);
            }
            else
            {
                WriteSample(text, definition, "", labels, bound: null, series.Value);
            }
        }
    }

    private static void WriteHistogram(StringBuilder text, MetricDefinition definition, SeriesKey labels, MetricSeries series)
    {
        var counts = series.Cumulated();
        for (var i = 0; i < counts.Length; i++)
        {
            var bound = i < definition.Buckets.Length ? definition.Buckets[i] : double.PositiveInfinity;
            WriteSample(text, definition, "_bucket", labels, Number(bound), counts[i]);
        }

        WriteSample(text, definition, "_sum", labels, bound: null, series.Value);
        WriteSample(text, definition, "_count", labels, bound: null, counts[^1]);
    }

    private static void WriteSample(
        StringBuilder text, MetricDefinition definition, string suffix, SeriesKey labels, string? bound, double value)
    {
        text.Append(definition.Name).Append(suffix);
        var separator = '{';
        for (var i = 0; i < definition.Labels.Length; i++)
        {
            text.Append(separator).Append(definition.Labels[i]).Append("=\"");
            Escape(text, labels[i], quotes: true).Append('"');
            separator = ',';
        }

        if (bound is not null)
        {
            text.Append(separator).Append("le=\"").Append(bound).Append('"');
            separator = ',';
        }

        if (separator == ',')
        {
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static StringBuilder Escape(StringBuilder text, string value, bool quotes)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(c),
            };
        }

        return text;
    }
}
