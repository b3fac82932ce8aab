using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>
/// Decides which functions compare the stack with its limit when they are entered. The check also stops an interrupted guest, so
/// it bounds time as well as stack.
/// </summary>
/// <remarks>
/// A checked function is hardly ever inlined, and guarding every one cost QuickJS 28 % on calls, so short ones go without.
/// That is sound because unguarded calls cannot nest deeper than <see cref="MaxUnguardedDepth"/>: every cycle of direct calls holds a
/// guarded function, and so does every longer chain (which could otherwise run for 2^n calls without ever being stopped).
/// </remarks>
internal static class StackGuardPlanner
{
    /// <summary>Longest code, in bytes, of a function that may call without a guard.</summary>
    // 48: the wrappers that compilers leave behind; larger functions are not inlined anyway.
    public const int MaxUnguardedBytes = 48;

    public const int MaxUnguardedDepth = 3;

    // Keeps an unguarded frame small.
    private const int MaxUnguardedLocals = 16;

    private const int Unvisited = -1;
    private const int InProgress = -2;

    /// <summary>Per defined function, whether it needs the guard.</summary>
    public static bool[] Plan(ModuleDefinition module, ReadOnlySpan<FunctionScan> functions)
    {
        var guarded = new bool[functions.Length];
        for (var i = 0; i < functions.Length; i++)
        {
            var function = functions[i];
            guarded[i] = function.Calls
                && (function.CodeBytes > MaxUnguardedBytes
                    || function.DeclaredLocals > MaxUnguardedLocals
                    || function.CallsUnknown
                    || function.TailCalls);
        }

        // Calls among unguarded functions, longest way down; 0 for leaves and guarded functions.
        var depths = new int[functions.Length];
        Array.Fill(depths, Unvisited);
        var path = new Stack<Visit>();
        for (var i = 0; i < functions.Length; i++)
        {
            if (depths[i] == Unvisited)
            {
                Measure(i, module.ImportedFunctionCount, functions, guarded, depths, path);
            }
        }

        return guarded;
    }

    // Depth first, on a stack of our own as the graph can be as deep as the module has functions.
    private static void Measure(
        int start, int importedFunctions, ReadOnlySpan<FunctionScan> functions, bool[] guarded, int[] depths, Stack<Visit> path)
    {
        path.Push(new Visit(start, 0, 0));
        while (path.TryPop(out var visit))
        {
            var callees = functions[visit.Function].Callees;
            if (guarded[visit.Function] || visit.NextCallee == callees.Length)
            {
                guarded[visit.Function] |= visit.Depth > MaxUnguardedDepth;
                depths[visit.Function] = guarded[visit.Function] ? 0 : visit.Depth;
                continue;
            }

            depths[visit.Function] = InProgress;
            var callee = (int)callees[visit.NextCallee] - importedFunctions;
            switch (depths[callee])
            {
                case Unvisited when !guarded[callee]:
                    // Come back to the same callee once its depth is known.
                    path.Push(visit);
                    path.Push(new Visit(callee, 0, 0));
                    break;

                case InProgress:
                    guarded[visit.Function] = true;
                    path.Push(visit);
                    break;

                default:
                    var depth = guarded[callee] ? 0 : depths[callee] + 1;
                    path.Push(new Visit(visit.Function, visit.NextCallee + 1, Math.Max(visit.Depth, depth)));
                    break;
            }
        }
    }

    private readonly record struct Visit(int Function, int NextCallee, int Depth);
}
