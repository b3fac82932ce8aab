using Mik.Wasm.Compilation;
using ModuleDefinition = Mik.Wasm.Binary.ModuleDefinition;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class StackGuardPlannerTests
{
    private static readonly ModuleDefinition Module = new() { Bytes = default, ImportedFunctionCount = 1 };

    [Fact]
    public void Leaves_are_never_guarded() => Assert.Equal([false, false], Plan(new() { CodeBytes = 10 }, new() { CodeBytes = 5000 }));

    [Fact]
    public void Large_callers_and_callers_of_unknown_code_are_guarded()
    {
        Assert.Equal(
            [true, true, true, true, false],
            Plan(
                Short(4) with { CodeBytes = StackGuardPlanner.MaxUnguardedBytes + 1 },
                Short() with { CallsUnknown = true },
                Short(4) with { TailCalls = true },
                Short(4) with { DeclaredLocals = 1000 },
                new()));
    }

    [Fact]
    public void Every_cycle_of_short_functions_holds_a_guarded_one()
    {
        Assert.Equal([true], Plan(Short(0)));
        Assert.Contains(true, Plan(Short(1), Short(0)));

        // Two cycles that share function 0, and a caller of both that is in none.
        var plan = Plan(Short(1, 2), Short(0), Short(3), Short(0), Short(0, 1));
        Assert.True(plan[0] || (plan[1] && (plan[2] || plan[3])));
    }

    [Fact]
    public void Unguarded_calls_do_not_nest_deeper_than_promised()
    {
        var chain = Enumerable.Range(0, 100_000).Select(static i => i == 99_999 ? new() : Short(i + 1, i + 1)).ToArray();

        var plan = Plan(chain);

        // Calls from one unguarded function to another, counted from the leaf up.
        var depth = 0;
        for (var i = plan.Length - 2; i >= 0; i--)
        {
            depth = plan[i] ? -1 : depth + 1;
            Assert.InRange(depth, -1, StackGuardPlanner.MaxUnguardedDepth);
        }

        Assert.InRange(plan.Count(static g => g), plan.Length / 6, plan.Length / 4);
    }

    private static bool[] Plan(params FunctionScan[] functions) => StackGuardPlanner.Plan(
        Module, [.. functions.Select(static f => f.Callees is null ? f with { Callees = [] } : f)]);

    // Callees are given by position; function indices start after the imports.
    private static FunctionScan Short(params int[] callees) => new()
    {
        CodeBytes = 10,
        Calls = true,
        Callees = [.. callees.Select(static c => (uint)(c + Module.ImportedFunctionCount))],
    };
}
