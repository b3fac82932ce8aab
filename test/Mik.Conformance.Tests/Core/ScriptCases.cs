using Mik.TestKit;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Conformance.Tests.Core;

/// <summary>
/// The theory rows. Each carries the trait <c>script=group/name</c>, by which one can be run alone:
/// <c>--filter-trait "script=core-mvp2.0/br_table"</c>.
/// </summary>
internal static class ScriptCases
{
    public static TheoryData<string, string> PerScript()
    {
        var cases = new TheoryData<string, string>();
        foreach (var (group, script) in All())
        {
            cases.Add(new TheoryDataRow<string, string>(group, script).WithTrait("script", $"{group}/{script}"));
        }

        if (cases.Count == 0)
        {
            cases.Add(new TheoryDataRow<string, string>("", "") { Skip = "needs the shared test data directory beside the repository" });
        }

        return cases;
    }

    public static TheoryData<string, string, MemoryBounds> PerScriptAndBounds()
    {
        var cases = new TheoryData<string, string, MemoryBounds>();
        foreach (var bounds in new[] { MemoryBounds.GuardPages, MemoryBounds.ExplicitChecks })
        {
            foreach (var (group, script) in All())
            {
                cases.Add(new TheoryDataRow<string, string, MemoryBounds>(group, script, bounds).WithTrait("script", $"{group}/{script}"));
            }
        }

        if (cases.Count == 0)
        {
            cases.Add(new TheoryDataRow<string, string, MemoryBounds>("", "", default) { Skip = "needs the shared test data directory beside the repository" });
        }

        return cases;
    }

    // An archive without scripts is a mistake, not an empty suite.
    private static IEnumerable<(string Group, string Script)> All() => !SharedData.IsPresent
        ? []
        : ScriptGroup.Names.SelectMany(static g => ScriptGroup.Open(g).ScriptNames is { Count: > 0 } scripts
            ? scripts.Select(s => (g, s))
            : throw new InvalidOperationException($"{g} holds no scripts"));
}
