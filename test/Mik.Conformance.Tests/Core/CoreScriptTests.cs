using System.Collections.Concurrent;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Conformance.Tests.Core;

/// <summary>The whole engine: every command of every script, with both ways to keep memory accesses in bounds.</summary>
public sealed class CoreScriptTests(ITestOutputHelper output)
{
    // Each script runs once, for its own test and for the scoreboard.
    private static readonly ConcurrentDictionary<(string Group, string Script, MemoryBounds Bounds), Lazy<ScriptOutcome>> Outcomes = new();

    private static readonly ConcurrentDictionary<MemoryBounds, Engine> Engines = new();

    public static TheoryData<string, string, MemoryBounds> Scripts => ScriptCases.PerScriptAndBounds();

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_behaves(string group, string script, MemoryBounds bounds)
    {
        var outcome = OutcomeOf(group, script, bounds);

        Assert.Empty(Expectations.Differences(group, script, outcome.Failures));
    }

    [Theory]
    [InlineData(MemoryBounds.GuardPages)]
    [InlineData(MemoryBounds.ExplicitChecks)]
    public void Scoreboard_accounts_for_every_assertion(MemoryBounds bounds)
    {
        var runnable = 0;
        foreach (var name in ScriptGroup.Names)
        {
            var group = ScriptGroup.Open(name);
            var outcomes = group.ScriptNames.Select(s => OutcomeOf(name, s, bounds)).ToList();
            var passed = outcomes.Sum(static o => o.Passed);
            var skipped = outcomes.Sum(static o => o.Skipped);
            var total = outcomes.Sum(static o => o.Runnable);
            output.WriteLine(
                $"{name} ({bounds}): {passed} of {total} assertions pass, {outcomes.Sum(static o => o.FailedAssertions)} fail, "
                + $"{skipped} need missing features; {outcomes.Sum(static o => o.TextOnly)} more need a text parser");
            Assert.Equal(group.LoadAll().Sum(static s => s.RunnableAssertions), total);
            Assert.Empty(Expectations.Orphans(group));
            runnable += name is "core-mvp2.0" or "core-bulk-memory" ? total : 0;
        }

        Assert.Equal(26_308, runnable);
    }

    private static ScriptOutcome OutcomeOf(string group, string script, MemoryBounds bounds) => Outcomes
        .GetOrAdd((group, script, bounds), static key => new Lazy<ScriptOutcome>(() => RunOnOwnThread(key.Group, key.Script, key.Bounds)))
        .Value;

    private static ScriptOutcome RunOnOwnThread(string group, string script, MemoryBounds bounds)
    {
        var engine = Engines.GetOrAdd(bounds, static b => new Engine(new EngineOptions { MemoryBounds = b }));
        var parsed = ScriptGroup.Open(group).Load(script);
        return ScriptThread.Run($"{group}/{script}", () => ScriptRunner.Run(engine, parsed));
    }
}
