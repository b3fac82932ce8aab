using System.Collections.Concurrent;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Conformance.Tests.Core;

/// <summary>The whole engine: every command of every script, with all ways to hold memories.</summary>
public sealed class CoreScriptTests(ITestOutputHelper output)
{
    // Each script runs once, for its own test and for the scoreboard.
    private static readonly ConcurrentDictionary<(string Group, string Script, EngineMode Mode), Lazy<ScriptOutcome>> Outcomes = new();

    private static readonly ConcurrentDictionary<EngineMode, Engine> Engines = new();

    public static TheoryData<string, string, EngineMode> Scripts => ScriptCases.PerScriptAndMode();

    public static TheoryData<EngineMode> Modes => [.. Enum.GetValues<EngineMode>()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_behaves(string group, string script, EngineMode mode)
    {
        var outcome = OutcomeOf(group, script, mode);

        var differences = Expectations.Differences(group, script, outcome.Failures);

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>
    /// One assertion, with the modules it needs and the actions before it:
    /// <c>MIK_CASE=core-eh/try_table:57 dotnet test --project test/Mik.Conformance.Tests --filter-method "*Case_named*"</c>.
    /// </summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void Case_named_by_the_environment_behaves(EngineMode mode)
    {
        if (Environment.GetEnvironmentVariable("MIK_CASE") is not { } name)
        {
            Assert.Skip("MIK_CASE names no case");
            return;
        }

        var (group, script, line) = Parse(name);

        var outcome = Run(group, script, mode, line);

        Assert.Equal(1, outcome.Runnable);
        Assert.Empty(outcome.Failures);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_assertion_is_accounted_for(EngineMode mode)
    {
        RequireSuites();
        var groups = ScriptGroup.Names.Select(ScriptGroup.Open).ToList();

        Assert.All(groups, group =>
        {
            Assert.Equal(group.LoadAll().Sum(static s => s.RunnableAssertions), OutcomesOf(group.Name, mode).Sum(static o => o.Runnable));
            Assert.Empty(Expectations.Orphans(group));
        });
        Assert.Equal(26_308, OutcomesOf("core-mvp2.0", mode).Concat(OutcomesOf("core-bulk-memory", mode)).Sum(static o => o.Runnable));
    }

    [Fact]
    public void Scoreboard_in_the_readme_is_what_this_prints()
    {
        RequireSuites();
        var boards = Enum.GetValues<EngineMode>().Select(static mode => Scoreboard.Print(group => OutcomesOf(group, mode))).Distinct().ToList();
        output.WriteLine(boards[0]);

        Assert.Contains(Assert.Single(boards), Scoreboard.Readme(), StringComparison.Ordinal);
    }

    private static void RequireSuites() => Assert.SkipUnless(TestKit.SharedData.IsPresent, "needs the shared test data directory beside the repository");

    private static (string Group, string Script, int Line) Parse(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var colon = name.LastIndexOf(':');
        return (name[..slash], name[(slash + 1)..colon], int.Parse(name.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture));
    }

    private static IReadOnlyList<ScriptOutcome> OutcomesOf(string group, EngineMode mode) =>
        [.. ScriptGroup.Open(group).ScriptNames.Select(script => OutcomeOf(group, script, mode))];

    private static ScriptOutcome OutcomeOf(string group, string script, EngineMode mode) => Outcomes
        .GetOrAdd((group, script, mode), static key => new Lazy<ScriptOutcome>(() => Run(key.Group, key.Script, key.Mode, onlyLine: null)))
        .Value;

    private static ScriptOutcome Run(string group, string script, EngineMode mode, int? onlyLine)
    {
        var engine = Engines.GetOrAdd(mode, static m => new Engine(m.Options()));
        var parsed = ScriptGroup.Open(group).Load(script);
        return ScriptThread.Run($"{group}/{script}", () => ScriptRunner.Run(engine, parsed, onlyLine));
    }
}
