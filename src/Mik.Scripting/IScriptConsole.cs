namespace Mik.Scripting;

/// <summary>How loud a line of a script's <c>console</c> is.</summary>
public enum ScriptLogLevel
{
    /// <summary><c>console.debug</c> and <c>console.trace</c>.</summary>
    Debug,

    /// <summary><c>console.log</c> and <c>console.info</c>.</summary>
    Information,

    /// <summary><c>console.warn</c>.</summary>
    Warning,

    /// <summary><c>console.error</c> and failed <c>console.assert</c>.</summary>
    Error,
}

/// <summary>Where a script's <c>console</c> goes.</summary>
public interface IScriptConsole
{
    /// <summary>Takes one message. Called on the thread that runs the script; must not block.</summary>
    /// <param name="level">How loud it is.</param>
    /// <param name="scriptName">Which script wrote it.</param>
    /// <param name="requestId">During which request.</param>
    /// <param name="message">The formatted message; may have several lines.</param>
    void Write(ScriptLogLevel level, string scriptName, string requestId, string message);
}
