using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Mik.Server.Metrics;

/// <summary>One metric with all its series. Measurements allocate nothing, except for the first of a series. Thread-safe.</summary>
internal sealed class MetricFamily(MetricDefinition definition)
{
    // What a server with a thousand handlers needs; a histogram writes a line for each bucket of each series.
    private const int MaxSeries = 5000;
    private const int MaxHistograms = 1000;

    private readonly ConcurrentDictionary<SeriesKey, MetricSeries> _series = new();
    private int _count;

    public MetricDefinition Definition => definition;

    /// <summary>The series, in the order of their labels.</summary>
    public IEnumerable<KeyValuePair<SeriesKey, MetricSeries>> Series => _series
        .OrderBy(static series => series.Key[0], StringComparer.Ordinal)
        .ThenBy(static series => series.Key[1], StringComparer.Ordinal)
        .ThenBy(static series => series.Key[2], StringComparer.Ordinal)
        .ThenBy(static series => series.Key[3], StringComparer.Ordinal);

    /// <summary>Takes a measurement of an instrument.</summary>
    public void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = SeriesOf(KeyOf(tags));
        if (definition.Kind == MetricKind.Histogram)
        {
            series.Observe(value);
        }
        else if (instrument.IsObservable)
        {
            // Observed values are totals already.
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    /// <summary>Forgets what was observed last time, so that what is gone is not shown for ever.</summary>
    public void BeginObservation()
    {
        _series.Clear();
        _count = 0;
    }

    private MetricSeries SeriesOf(SeriesKey key)
    {
        if (_series.TryGetValue(key, out var series))
        {
            return series;
        }

        // Labels are bounded by what is loaded. That is a claim about all of the program; this is not.
        var room = definition.Kind == MetricKind.Histogram ? MaxHistograms : MaxSeries;
        var fits = Interlocked.Increment(ref _count) <= room;
        return _series.GetOrAdd(
            fits ? key : SeriesKey.Of(definition.Labels.Length, MetricCatalog.OtherName),
            static (_, buckets) => new MetricSeries(buckets),
            definition.Buckets);
    }

    // Tags come in the order of the labels, as a rule.
    private SeriesKey KeyOf(ReadOnlySpan<KeyValuePair<string, object?>> tags) => definition.Labels.Length switch
    {
        0 => default,
        1 => new SeriesKey(ValueOf(tags, 0)),
        2 => new SeriesKey(ValueOf(tags, 0), ValueOf(tags, 1)),
        3 => new SeriesKey(ValueOf(tags, 0), ValueOf(tags, 1), ValueOf(tags, 2)),
        _ => new SeriesKey(ValueOf(tags, 0), ValueOf(tags, 1), ValueOf(tags, 2), ValueOf(tags, 3)),
    };

    private string ValueOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, int label)
    {
        if (label < tags.Length && IsFor(tags[label].Key, definition.Labels[label]))
        {
            return tags[label].Value as string ?? tags[label].Value?.ToString() ?? "";
        }

        foreach (var (tag, value) in tags)
        {
            if (IsFor(tag, definition.Labels[label]))
            {
                return value?.ToString() ?? "";
            }
        }

        return "";
    }

    // A label is called like its tag, with underscores for what labels cannot contain.
    private static bool IsFor(string tag, string label)
    {
        if (tag.Length != label.Length)
        {
            return false;
        }

        for (var i = 0; i < tag.Length; i++)
        {
            if ((tag[i] == '.' ? '_' : tag[i]) != label[i])
            {
                return false;
            }
        }

        return true;
    }
}
