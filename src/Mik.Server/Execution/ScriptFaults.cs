using Mik.Scripting;
using Mik.Server.Catalog;
using Mik.Server.Faults;
using Mik.Server.Tenants;

namespace Mik.Server.Execution;

/// <summary>Turns what the script engine reports into faults. The script's own words stay with the operator.</summary>
internal static class ScriptFaults
{
    public static Fault Of(ScriptException failure)
    {
        if (failure.IsOwners)
        {
            return failure.Failure == ScriptFailure.OwnerCpuLimit ? TenantAccount.OutOfProcessorTime() : TenantAccount.OutOfMemory();
        }

        var (kind, detail) = failure.Failure switch
        {
            ScriptFailure.NotFound => (FaultKind.ScriptUnknown, "There is no script of that name."),
            ScriptFailure.LoadFailed => (FaultKind.ScriptUnloadable, "The script cannot be loaded."),
            ScriptFailure.Threw => (FaultKind.ScriptThrew, "The script ended with an error."),
            ScriptFailure.EscapedHandlerCall => EscapedCall(failure.CallCode),
            ScriptFailure.CpuLimit => (FaultKind.ScriptCpuExceeded, "The script computed for longer than it may."),
            ScriptFailure.Timeout => (FaultKind.ScriptTimedOut, "The script took longer than it may."),
            ScriptFailure.MemoryLimit => (FaultKind.ScriptOutOfMemory, "The script needed more memory than it may have."),
            ScriptFailure.CallLimit => (FaultKind.ScriptCallLimit, "The script made more calls than it may."),
            ScriptFailure.CallDepth => (FaultKind.ScriptCallDepth, "Scripts called handlers that called scripts, deeper than they may."),
            ScriptFailure.CallTooLarge => (FaultKind.ScriptCallTooLarge, "The script made a call that is larger than it may be."),
            ScriptFailure.AnswerTooLarge => (FaultKind.ScriptAnswerTooLarge, "The script's answer is larger than it may be."),
            ScriptFailure.InvalidRequestBody => (FaultKind.BodyNotJson, "The body has to be JSON, and is not."),
            ScriptFailure.NeverAnswered => (FaultKind.ScriptThrew, "The script waits for something that cannot happen any more."),
            ScriptFailure.StackLimit => (FaultKind.ScriptStackExhausted, "The script's calls nested too deeply."),
            _ => (FaultKind.ScriptThrew, "The script ended with an error."),
        };
        return new Fault(kind, detail)
        {
            RetryAfter = failure.RetryAfter,
            Diagnosis = Describe(failure),
            Cause = failure.InnerException,
        };
    }

    /// <summary>Message, position and stack of a failure, for the operator.</summary>
    public static string Describe(ScriptException failure)
    {
        var position = ScriptCatalog.Position(failure);
        var headline = position.Length == 0 ? failure.Message : $"{position}: {failure.Message}";
        return failure.Stack is { Length: > 0 } stack ? $"{headline}\n{stack}" : headline;
    }

    private static (FaultKind Kind, string Detail) EscapedCall(HandlerCallCode? code) => code switch
    {
        HandlerCallCode.ModuleNotFound => (FaultKind.CallModuleNotFound, "The script called a handler that does not exist."),
        HandlerCallCode.CircuitOpen => (FaultKind.CallCircuitOpen, "The script called a handler that is given a rest after failures."),
        HandlerCallCode.RateLimited => (FaultKind.CallRateLimited, "The script called a handler that is at its limit."),
        HandlerCallCode.Timeout => (FaultKind.CallTimedOut, "The script called a handler that did not answer in time."),
        _ => (FaultKind.CallHandlerError, "The script called a handler that failed."),
    };
}
