using System.Text.Json;
using Mik.TestKit;

namespace Mik.Conformance.Tests.Core;

/// <summary>
/// Known failures of a group: <c>expectations/&lt;group&gt;.json</c> maps <c>script:line</c> to the reason. What is listed must fail,
/// everything else must pass, so the list cannot rot. A group without a list has no known failures.
/// </summary>
internal static class Expectations
{
    /// <summary>Compares the failures of a script with the list; the result is empty when they agree.</summary>
    public static IReadOnlyList<string> Differences(string group, string script, IReadOnlyDictionary<int, string> failures)
    {
        var listed = Read(group)
            .Where(e => e.Key.StartsWith(script + ":", StringComparison.Ordinal))
            .ToDictionary(static e => int.Parse(e.Key.AsSpan(e.Key.LastIndexOf(':') + 1)), static e => e.Value);
        return
        [
            .. failures.Where(f => !listed.ContainsKey(f.Key)).Select(f => $"{script}:{f.Key} {f.Value}"),
            .. listed.Where(l => !failures.ContainsKey(l.Key)).Select(l => $"{script}:{l.Key} is listed as failing ({l.Value}) but passes"),
        ];
    }

    /// <summary>Whether a command is a known failure.</summary>
    public static bool IsListed(string group, string script, int line) => Read(group).ContainsKey($"{script}:{line}");

    /// <summary>Listed scripts that do not exist.</summary>
    public static IEnumerable<string> Orphans(ScriptGroup group) =>
        Read(group.Name).Keys.Where(k => !group.ScriptNames.Contains(k[..k.LastIndexOf(':')]));

    /// <summary>Why a single case is expected to fail, or <see langword="null"/>.</summary>
    public static string? Reason(string group, string script, int line) => Read(group).GetValueOrDefault($"{script}:{line}");

    private static Dictionary<string, string> Read(string group)
    {
        var path = Path.Combine(RepositoryRoot.Path, "test", "Mik.Conformance.Tests", "expectations", group + ".json");
        if (!File.Exists(path))
        {
            return [];
        }

        return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path))!;
    }
}
