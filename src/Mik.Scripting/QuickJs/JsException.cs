namespace Mik.Scripting.QuickJs;

/// <summary>How far a promise has got.</summary>
internal enum PromiseState
{
    NotAPromise = -1,
    Pending,
    Fulfilled,
    Rejected,
}

/// <summary>JavaScript code threw, and nothing of it is left on the stack.</summary>
/// <param name="error">What it threw; owned by the catcher.</param>
internal sealed class JsException(JsValue error) : Exception("JavaScript code threw.")
{
    public JsValue Error { get; } = error;
}

/// <summary>The script wants more memory than it may have. Passes through the script.</summary>
internal sealed class MemoryLimitException() : Exception("The script needs more memory than its limit.");
