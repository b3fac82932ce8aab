namespace Mik.Scripting;

/// <summary>Why a script gave no answer.</summary>
public enum ScriptFailure
{
    /// <summary>The script's file does not exist.</summary>
    NotFound,

    /// <summary>The script cannot be used: a syntax error, an import that leads nowhere, or an error while its modules start.</summary>
    LoadFailed,

    /// <summary>The script threw, or answered with something that cannot be sent.</summary>
    Threw,

    /// <summary>A failed <c>host.call</c> escaped the script; see <see cref="ScriptException.CallCode"/>.</summary>
    EscapedHandlerCall,

    /// <summary>Running took longer than <see cref="ScriptLimits.CpuTime"/>.</summary>
    CpuLimit,

    /// <summary>The answer took longer than <see cref="ScriptLimits.WallTime"/>.</summary>
    Timeout,

    /// <summary>The script needed more than <see cref="ScriptLimits.MemoryBytes"/>.</summary>
    MemoryLimit,

    /// <summary>The script made more calls than <see cref="ScriptLimits.MaxCalls"/>.</summary>
    CallLimit,

    /// <summary>The script was called by <see cref="ScriptLimits.MaxCallDepth"/> others and made a call itself.</summary>
    CallDepth,

    /// <summary>The script made a call whose path, headers or body are larger than <see cref="ScriptLimits"/> allow.</summary>
    CallTooLarge,

    /// <summary>The answer's body is larger than <see cref="ScriptLimits.MaxAnswerBytes"/>.</summary>
    AnswerTooLarge,

    /// <summary>The request's body has to be JSON and is not; the script did not run.</summary>
    InvalidRequestBody,

    /// <summary>The script waits for something that can no longer happen.</summary>
    NeverAnswered,

    /// <summary>Calls inside the script nested too deeply.</summary>
    StackLimit,

    /// <summary>Whom the script belongs to has no processor time left.</summary>
    OwnerCpuLimit,

    /// <summary>Whom the script belongs to has no memory left.</summary>
    OwnerMemoryLimit,
}

/// <summary>A script gave no answer.</summary>
public sealed class ScriptException : Exception
{
    /// <summary>Reports a failure.</summary>
    /// <param name="failure">What kind of failure.</param>
    /// <param name="message">What happened, in words meant for the script's author.</param>
    /// <param name="inner">What caused it.</param>
    public ScriptException(ScriptFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>What kind of failure.</summary>
    public ScriptFailure Failure { get; }

    /// <summary>Whether the failure is no fault of this script, and may be gone in a moment: its owner's share is used up.</summary>
    public bool IsOwners => Failure is ScriptFailure.OwnerCpuLimit or ScriptFailure.OwnerMemoryLimit;

    /// <summary>The file the failure points to, relative to the scripts directory, where known.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, from 1, where known.</summary>
    public int? Line { get; init; }

    /// <summary>The column in <see cref="File"/>, from 1, where known.</summary>
    public int? Column { get; init; }

    /// <summary>The script's own stack, one frame a line, where known.</summary>
    public string? Stack { get; init; }

    /// <summary>Why the call that escaped could not be answered; set with <see cref="ScriptFailure.EscapedHandlerCall"/>.</summary>
    public HandlerCallCode? CallCode { get; init; }

    /// <summary>When a repetition may succeed, where known; set with <see cref="ScriptFailure.EscapedHandlerCall"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// The full paths of the files read so far; set when a script cannot be loaded. A change in one of them may cure it.
    /// </summary>
    public IReadOnlyList<string> SourceFiles { get; internal set; } = [];
}
