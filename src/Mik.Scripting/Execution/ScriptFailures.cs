using Mik.Scripting.Modules;
using Mik.Scripting.QuickJs;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.Execution;

/// <summary>Turns whatever ended script code into the exception the caller is promised.</summary>
internal static class ScriptFailures
{
    /// <summary>Whether <see cref="Of"/> knows the exception; others are the host's own.</summary>
    public static bool Knows(Exception problem) => problem is TrapException or MemoryLimitException or JsException;

    /// <summary>The exception for what came out of the virtual machine.</summary>
    /// <param name="problem">What came out.</param>
    /// <param name="vm">The virtual machine.</param>
    /// <param name="reason">Why it was stopped, if it was.</param>
    public static Exception Of(Exception problem, ScriptVm vm, Func<StopReason> reason) => problem switch
    {
        TrapException { Code: TrapCode.Interrupted } when reason() == StopReason.None && vm.Store.IsStoppedForOwner => OwnerCpuLimit(),
        MemoryLimitException when vm.Store.OwnerRefusedMemory => OwnerMemoryLimit(),
        JsException thrown => OfThrown(thrown, vm, reason),
        MemoryLimitException => new ScriptException(ScriptFailure.MemoryLimit, problem.Message),
        TrapException { Code: TrapCode.Interrupted } => OfStop(reason()),
        TrapException { Code: TrapCode.StackExhausted } =>
            new ScriptException(ScriptFailure.StackLimit, "Calls in the script nest too deeply."),
        _ => new ScriptException(ScriptFailure.Threw, $"The script engine failed: {problem.Message}.", problem),
    };

    /// <summary>The exception for a run that was stopped from outside.</summary>
    public static Exception OfStop(StopReason reason) => reason switch
    {
        StopReason.CpuTime => new ScriptException(ScriptFailure.CpuLimit, "The script ran longer than its CPU time limit."),
        StopReason.WallTime => new ScriptException(ScriptFailure.Timeout, "The script did not answer in time."),
        _ => new OperationCanceledException("The client has gone."),
    };

    /// <summary>The exception for a script whose owner has no memory left.</summary>
    public static ScriptException OwnerMemoryLimit() => new(ScriptFailure.OwnerMemoryLimit, "No memory is left for the script.");

    /// <summary>The exception for a script whose owner has no processor time left.</summary>
    public static ScriptException OwnerCpuLimit() => new(ScriptFailure.OwnerCpuLimit, "No processor time is left for the script.");

    /// <summary>The exception for something the script threw.</summary>
    public static ScriptException OfReport(ScriptReport report, ScriptVm vm)
    {
        var stack = ScriptStack.Clean(report.Stack, vm.SourceOf);
        var place = ScriptStack.Top(stack);
        var message = report.Name.Length == 0 ? report.Message : $"{report.Name}: {report.Message}";
        return new ScriptException(FailureOf(report), message.Length == 0 ? "The script failed." : message)
        {
            File = place?.File,
            Line = place?.Line,
            Column = place?.Column,
            Stack = stack,
            CallCode = report.CallCode,
            RetryAfter = report.RetryAfter,
        };
    }

    // Describing runs script code too: getters of what was thrown.
    private static Exception OfThrown(JsException thrown, ScriptVm vm, Func<StopReason> reason)
    {
        try
        {
            return OfReport(Envelopes.ReadReport(vm.Describe(thrown)), vm);
        }
        catch (JsException)
        {
            return new ScriptException(ScriptFailure.Threw, "The script failed, and so did describing its error.");
        }
        catch (Exception problem) when (Knows(problem))
        {
            return Of(problem, vm, reason);
        }
    }

    private static ScriptFailure FailureOf(ScriptReport report) => report switch
    {
        { Failure: nameof(ScriptFailure.EscapedHandlerCall), CallCode: not null } => ScriptFailure.EscapedHandlerCall,

        // QuickJS's own limits: rarely reached, because the engine's come first.
        { Name: "RangeError", Message: "Maximum call stack size exceeded" } => ScriptFailure.StackLimit,
        { Name: "InternalError", Message: "out of memory" } => ScriptFailure.MemoryLimit,
        _ => ScriptFailure.Threw,
    };
}
