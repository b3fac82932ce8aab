using System.Collections.Concurrent;
using Mik.Components;
using Mik.Conformance.Tests.Core;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Conformance.Tests.Components;

/// <summary>
/// The component model: every command of every script is a test case of its own. Each carries the trait <c>case=group/script:line</c>,
/// by which it can be run alone: <c>--filter-trait "case=component-spec-values/strings:27"</c>.
/// </summary>
public sealed class ComponentScriptTests(ITestOutputHelper output)
{
    private static readonly Lazy<Engine> Engine = new(static () => new Engine(new EngineOptions()));

    // Each script runs once, for all its cases and for the scoreboard.
    private static readonly ConcurrentDictionary<(string Group, string Script), Lazy<IReadOnlyDictionary<int, CaseOutcome>>> Outcomes = new();

    public static TheoryData<string, string, int> Cases => ComponentScripts.Cases();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_behaves(string group, string script, int line)
    {
        var outcome = OutcomesOf(group, script)[line];
        var listed = Expectations.Reason(group, script, outcome.Blocker ?? line);

        Assert.True(listed is null || outcome != CaseOutcome.Passed, $"is listed as failing ({listed}) but passes");
        Assert.True(listed is not null || outcome == CaseOutcome.Passed, outcome.Failure ?? $"line {outcome.Blocker} failed");
    }

    [Fact]
    public void Every_case_is_accounted_for()
    {
        RequireSuites();
        Assert.All(ComponentScoreboard.Groups, static name =>
        {
            var group = ScriptGroup.Open(name);
            var (passed, failed, unsupported) = TallyOf(name);
            Assert.Equal(group.LoadAll().Sum(static s => s.Commands.Count(static c => !c.NeedsTextParser)), passed + failed + unsupported);
            Assert.Empty(Expectations.Orphans(group));
        });
    }

    [Fact]
    public void Scoreboard_in_the_readme_is_what_this_prints()
    {
        RequireSuites();
        var board = ComponentScoreboard.Print(TallyOf);
        output.WriteLine(board);

        Assert.Contains(board, Scoreboard.Readme(), StringComparison.Ordinal);
    }

    /// <summary>The suite of the asynchronous ABI is not run; what it loads is refused, and the message says why.</summary>
    [Fact]
    public void Asynchronous_components_are_refused_as_such()
    {
        var group = ScriptGroup.Open("component-spec-async");
        var refusals = new List<string>();
        foreach (var script in group.LoadAll())
        {
            foreach (var command in script.Commands.Where(static c => c.Type is "module" or "module_definition"))
            {
                try
                {
                    Component.Compile(Engine.Value, group.Read(command.BinaryFile!), script.Name);
                }
                catch (ModuleException e)
                {
                    refusals.Add($"{script.Name}:{command.Line} {e.Message}");
                }
            }
        }

        Assert.NotEmpty(refusals);
        Assert.All(refusals, static refusal => Assert.Contains("asynchronous component ABI are not supported", refusal, StringComparison.Ordinal));
    }

    private static void RequireSuites() => Assert.SkipUnless(TestKit.SharedData.IsPresent, "needs the shared test data directory beside the repository");

    private static CaseTally TallyOf(string group)
    {
        var outcomes = ScriptGroup.Open(group).ScriptNames
            .SelectMany(script => OutcomesOf(group, script), static (script, o) => (Script: script, Line: o.Key, Outcome: o.Value))
            .ToList();
        var passed = outcomes.Count(static o => o.Outcome == CaseOutcome.Passed);
        var unsupported = outcomes.Count(o =>
            o.Outcome != CaseOutcome.Passed && Expectations.Reason(group, o.Script, o.Outcome.Blocker ?? o.Line) is not null);
        return new CaseTally(passed, outcomes.Count - passed - unsupported, unsupported);
    }

    private static IReadOnlyDictionary<int, CaseOutcome> OutcomesOf(string group, string script) => Outcomes
        .GetOrAdd((group, script), static key => new(() => ScriptThread.Run(
            $"{key.Group}/{key.Script}",
            () => ComponentScriptRunner.Run(Engine.Value, ScriptGroup.Open(key.Group).Load(key.Script)))))
        .Value;
}
