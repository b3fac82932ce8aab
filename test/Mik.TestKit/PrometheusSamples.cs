using System.Globalization;
using System.Text;

namespace Mik.TestKit;

/// <summary>
/// Reads the text format of metrics, version 0.0.4, as strictly as its description allows, and checks what a scraper takes for granted.
/// </summary>
public sealed class PrometheusSamples
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _helped = new(StringComparer.Ordinal);

    private PrometheusSamples()
    {
    }

    /// <summary>The type of each metric.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>All samples as <c>name{label="value",…}</c>, with the labels in the order of their names.</summary>
    public IReadOnlyDictionary<string, double> Values => _samples;

    /// <summary>The labels that samples have.</summary>
    public ISet<string> Labels { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>One sample; labels as <c>label="value"</c> in the order of their names. 0 when there is none.</summary>
    public double this[string sample] => _samples.GetValueOrDefault(sample);

    /// <summary>Reads a text.</summary>
    /// <exception cref="FormatException">It is not in the format, or breaks a promise of it.</exception>
    public static PrometheusSamples Parse(string text)
    {
        var samples = new PrometheusSamples();
        Require(text.Length == 0 || text.EndsWith('\n'), "the last line is not ended", text);
        var family = "";
        var families = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = line.StartsWith("# ", StringComparison.Ordinal) ? samples.ReadComment(line) : samples.ReadSample(line);
            if (name != family)
            {
                Require(families.Add(name), "the lines of a metric are not together", line);
                family = name;
            }
        }

        samples.CheckHistograms();
        return samples;
    }

    private string ReadComment(string line)
    {
        var parts = line.Split(' ', 4);
        Require(parts.Length == 4 && parts[1] is "HELP" or "TYPE", "neither HELP nor TYPE", line);
        Require(IsName(parts[2], colons: true), "not a name", line);
        if (parts[1] == "HELP")
        {
            Require(_helped.Add(parts[2]), "a second HELP", line);
            Require(!_types.ContainsKey(parts[2]), "HELP after TYPE", line);
            _ = Unescape(parts[3], quotes: false);
        }
        else
        {
            Require(parts[3] is "counter" or "gauge" or "histogram" or "summary" or "untyped", "not a type", line);
            Require(_types.TryAdd(parts[2], parts[3]), "a second TYPE", line);
        }

        return parts[2];
    }

    private string ReadSample(string line)
    {
        var end = line.AsSpan().IndexOfAny('{', ' ');
        Require(end > 0 && IsName(line[..end], colons: true), "not a name", line);
        var name = line[..end];
        var family = FamilyOf(name);
        Require(family is not null, "no TYPE before the sample", line);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var at = end;
        if (line[at] == '{')
        {
            at++;
            while (line[at] != '}')
            {
                var equals = line.IndexOf('=', at);
                var label = line[at..equals];
                Require(IsName(label, colons: false), "not a label", line);
                Require(line[equals + 1] == '"', "no quotes", line);
                var close = equals + 2;
                while (line[close] != '"')
                {
                    close += line[close] == '\\' ? 2 : 1;
                }

                Require(labels.TryAdd(label, Unescape(line[(equals + 2)..close], quotes: true)), "a label twice", line);
                at = close + 1;
                Require(line[at] is ',' or '}', "no end of the label", line);
                at += line[at] == ',' ? 1 : 0;
            }

            at++;
        }

        Require(line[at] == ' ', "no space before the value", line);
        var value = Number(line[(at + 1)..], line);
        Require(_types[family!] != "counter" || (value >= 0 && name.EndsWith("_total", StringComparison.Ordinal)), "not a counter", line);
        Require(_samples.TryAdd(Key(name, labels), value), "a series twice", line);
        Labels.UnionWith(labels.Keys);
        return family!;
    }

    private string? FamilyOf(string name)
    {
        if (_types.ContainsKey(name))
        {
            return name;
        }

        string[] suffixes = ["_bucket", "_sum", "_count"];
        return suffixes
            .Where(suffix => name.EndsWith(suffix, StringComparison.Ordinal))
            .Select(suffix => name[..^suffix.Length])
            .FirstOrDefault(family => _types.GetValueOrDefault(family) == "histogram");
    }

    // Bounds ascend, counts include those below, and the bucket without a bound holds all there are.
    private void CheckHistograms()
    {
        foreach (var histogram in _types.Where(static type => type.Value == "histogram").Select(static type => type.Key))
        {
            var counts = _samples.Where(s => s.Key == $"{histogram}_count" || s.Key.StartsWith($"{histogram}_count{{", StringComparison.Ordinal)).ToList();
            Require(counts.Count > 0, "a histogram without a count", histogram);
            foreach (var (series, count) in counts)
            {
                var labels = series[(histogram.Length + "_count".Length)..].Trim('{', '}');
                var buckets = _samples
                    .Where(s => s.Key.StartsWith($"{histogram}_bucket{{", StringComparison.Ordinal) && WithoutBound(s.Key[(histogram.Length + 7)..]) == labels)
                    .Select(s => (Bound: Number(BoundOf(s.Key), s.Key), Count: s.Value))
                    .OrderBy(static bucket => bucket.Bound)
                    .ToList();
                Require(double.IsPositiveInfinity(buckets[^1].Bound) && buckets[^1].Count.Equals(count), "the last bucket is not the count", series);
                Require(buckets.Zip(buckets.Skip(1)).All(static pair => pair.First.Count <= pair.Second.Count), "counts that fall", series);
                Require(_samples.ContainsKey(series.Replace("_count", "_sum", StringComparison.Ordinal)), "no sum", series);
            }
        }
    }

    private static string BoundOf(string series)
    {
        var start = series.IndexOf("le=\"", StringComparison.Ordinal) + 4;
        return series[start..series.IndexOf('"', start)];
    }

    private static string WithoutBound(string labels) =>
        string.Join(',', labels.Trim('{', '}').Split(',').Where(static label => !label.StartsWith("le=", StringComparison.Ordinal)));

    private static string Key(string name, SortedDictionary<string, string> labels) => labels.Count == 0
        ? name
        : $"{name}{{{string.Join(',', labels.Select(static label => $"{label.Key}=\"{label.Value}\""))}}}";

    private static double Number(string text, string line) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new FormatException($"not a number: {line}"),
    };

    private static bool IsName(string text, bool colons) =>
        text.Length > 0
        && !char.IsAsciiDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_' || (colons && c == ':'));

    private static string Unescape(string text, bool quotes)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            i++;
            plain.Append(i < text.Length ? text[i] switch
            {
                '\\' => '\\',
                'n' => '\n',
                '"' when quotes => '"',
                _ => throw new FormatException($"an escape that does not exist: {text}"),
            }
            : throw new FormatException($"an escape without an end: {text}"));
        }

        return plain.ToString();
    }

    private static void Require(bool condition, string complaint, string line)
    {
        if (!condition)
        {
            throw new FormatException($"{complaint}: {line}");
        }
    }
}
