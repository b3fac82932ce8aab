using Mik.TestKit;
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

    public static TheoryData<string, string, EngineMode> PerScriptAndMode()
    {
        var cases = new TheoryData<string, string, EngineMode>();
        foreach (var mode in Enum.GetValues<EngineMode>())
        {
            foreach (var (group, script) in All())
            {
                cases.Add(new TheoryDataRow<string, string, EngineMode>(group, script, mode).WithTrait("script", $"{group}/{script}"));
            }
        }

        if (cases.Count == 0)
        {
            cases.Add(new TheoryDataRow<string, string, EngineMode>("", "", default) { Skip = "needs the shared test data directory beside the repository" });
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
