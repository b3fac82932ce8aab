using System.Text.RegularExpressions;

namespace Mik.Server.Tests.Metrics;

/// <summary>The names that an expression of Prometheus' language uses, as far as our own files need that.</summary>
/// <param name="Metrics">Each metric with the labels that it is selected by.</param>
/// <param name="Grouping">The labels that results are grouped by.</param>
internal sealed partial record PromQlNames(IReadOnlyList<(string Metric, IReadOnlyList<string> Labels)> Metrics, IReadOnlyList<string> Grouping)
{
    private static readonly string[] Keywords = ["by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "bool", "offset"];

    public static PromQlNames Of(string expression)
    {
        var bare = Text().Replace(expression, "\"\"");
        var grouping = Lists().Matches(bare).SelectMany(static list => Words().Matches(list.Groups["labels"].Value)).Select(static word => word.Value).ToList();
        bare = Ranges().Replace(Lists().Replace(bare, " "), "");
        var metrics = new List<(string, IReadOnlyList<string>)>();
        foreach (Match selector in Selectors().Matches(bare))
        {
            if (!Keywords.Contains(selector.Groups["name"].Value))
            {
                metrics.Add((selector.Groups["name"].Value, [.. Matchers().Matches(selector.Groups["labels"].Value).Select(static m => m.Groups["label"].Value)]));
            }
        }

        return new PromQlNames(metrics, grouping);
    }

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)")]
    private static partial Regex Lists();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Ranges();

    // A name that is not a function's, and its selector.
    [GeneratedRegex(@"(?<![\w:.])(?<name>[A-Za-z_:][\w:]*)(?![\w:]|\s*\()(?:\{(?<labels>[^}]*)\})?")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"(?<label>\w+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Words();
}
