using System.Globalization;
using System.Text;
using Mik.TestKit;

namespace Mik.Conformance.Tests.Core;

/// <summary>The table in README.</summary>
internal static class Scoreboard
{
    // Group and what readers call it.
    private static readonly (string Group, string Title)[] Suites =
    [
        ("core-mvp2.0", "WebAssembly core 2.0 without SIMD"),
        ("core-bulk-memory", "bulk memory"),
        ("core-tail-call", "tail calls"),
        ("core-simd", "SIMD"),
        ("core-relaxed-simd", "relaxed SIMD"),
        ("core-function-references", "typed function references"),
        ("core-eh", "exception handling"),
        ("core-memory64", "64-bit memories and tables"),
        ("core-multi-memory", "several memories"),
    ];

    /// <summary>Where a group stands; those outside the table come last.</summary>
    public static int Position(string group)
    {
        var position = Array.FindIndex(Suites, s => s.Group == group);
        return position < 0 ? Suites.Length : position;
    }

    /// <summary>The table with its explanation.</summary>
    /// <param name="outcomesOf">What happened to the scripts of a group.</param>
    public static string Print(Func<string, IReadOnlyList<ScriptOutcome>> outcomesOf)
    {
        var text = new StringBuilder();
        text.AppendLine("| Suite | Pass | Fail | Need features not there |");
        text.AppendLine("|---|--:|--:|--:|");
        foreach (var (group, title) in Suites)
        {
            var outcomes = outcomesOf(group);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {title} | {outcomes.Sum(static o => o.Passed):N0} | {outcomes.Sum(static o => o.FailedAssertions):N0} | {outcomes.Sum(static o => o.Skipped):N0} |");
        }

        text.AppendLine();
        text.AppendLine("Assertions, with guard pages and with explicit checks, with pooled memories and with fresh ones alike. Not there, and refused by name:");
        text.AppendLine();
        foreach (var (feature, reason) in Features.Unsupported)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- `{feature}`: {reason};");
        }

        return text.ToString().TrimEnd().TrimEnd(';') + ".\n";
    }

    public static string Readme() => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md"));
}
