using System.Globalization;
using System.Text;

namespace Mik.Conformance.Tests.Components;

/// <summary>The second table in README: the suites of the component model.</summary>
internal static class ComponentScoreboard
{
    // Group and what readers call it. The suite of the asynchronous ABI stays out: all of it is refused.
    private static readonly (string Group, string Title)[] Suites =
    [
        ("component-spec-binary", "binary format"),
        ("component-spec-validation", "validation"),
        ("component-spec-values", "values"),
        ("component-spec-linking", "linking"),
        ("component-spec-resources", "resources"),
        ("component-wasmtime-sync", "Wasmtime's, without its asynchronous part"),
    ];

    /// <summary>The groups, in the order of the table.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. Suites.Select(static s => s.Group)];

    /// <summary>The table.</summary>
    /// <param name="tallyOf">What happened to the commands of a group.</param>
    public static string Print(Func<string, CaseTally> tallyOf)
    {
        var text = new StringBuilder();
        text.Append("| Suite of the component model | Pass | Fail | Need what is not supported |\n");
        text.Append("|---|--:|--:|--:|\n");
        foreach (var (group, title) in Suites)
        {
            var (passed, failed, unsupported) = tallyOf(group);
            text.Append(CultureInfo.InvariantCulture, $"| {title} | {passed:N0} | {failed:N0} | {unsupported:N0} |\n");
        }

        return text.ToString();
    }
}
