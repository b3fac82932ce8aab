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
    public void Scoreboard_accounts_for_every_case()
    {
        foreach (var name in ComponentScripts.Groups)
        {
            var group = ScriptGroup.Open(name);
            var outcomes = group.ScriptNames.SelectMany(script => OutcomesOf(name, script), static (script, o) => (Script: script, o.Key, o.Value)).ToList();
            var passed = outcomes.Count(static o => o.Value == CaseOutcome.Passed);
            var listed = outcomes.Count(o => o.Value != CaseOutcome.Passed && Expectations.Reason(name, o.Script, o.Value.Blocker ?? o.Key) is not null);
            output.WriteLine($"{name}: {passed} of {outcomes.Count} cases pass, {outcomes.Count - passed - listed} fail, {listed} need what is not supported");
            Assert.Equal(group.LoadAll().Sum(static s => s.Commands.Count(static c => !c.NeedsTextParser)), outcomes.Count);
            Assert.Empty(Expectations.Orphans(group));
        }
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

    private static IReadOnlyDictionary<int, CaseOutcome> OutcomesOf(string group, string script) => Outcomes
        .GetOrAdd((group, script), static key => new(() => ScriptThread.Run(
            $"{key.Group}/{key.Script}",
            () => ComponentScriptRunner.Run(Engine.Value, ScriptGroup.Open(key.Group).Load(key.Script)))))
        .Value;
}
