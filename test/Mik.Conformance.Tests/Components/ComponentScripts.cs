using Mik.Conformance.Tests.Core;
using Mik.TestKit;
using Xunit;

namespace Mik.Conformance.Tests.Components;

/// <summary>The suites of the component model, and their commands as theory rows.</summary>
internal static class ComponentScripts
{
    public static TheoryData<string, string, int> Cases()
    {
        var cases = new TheoryData<string, string, int>();
        if (!SharedData.IsPresent)
        {
            cases.Add(new TheoryDataRow<string, string, int>("", "", 0) { Skip = "needs the shared test data directory beside the repository" });
            return cases;
        }

        foreach (var group in ComponentScoreboard.Groups)
        {
            var before = cases.Count;
            foreach (var script in ScriptGroup.Open(group).LoadAll())
            {
                foreach (var command in script.Commands.Where(static c => !c.NeedsTextParser))
                {
                    var row = new TheoryDataRow<string, string, int>(group, script.Name, command.Line);
                    cases.Add(row.WithTrait("script", $"{group}/{script.Name}").WithTrait("case", $"{group}/{script.Name}:{command.Line}"));
                }
            }

            // An archive without scripts is a mistake, not an empty suite.
            Assert.True(cases.Count > before, $"{group} holds no cases");
        }

        return cases;
    }
}
