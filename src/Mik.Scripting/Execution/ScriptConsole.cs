using System.Globalization;

namespace Mik.Scripting.Execution;

/// <summary>
/// Passes a run's console messages on, as many and as long as the limits say. The rest is counted, and said to be missing once, at the
/// end of the run. Used by one thread at a time.
/// </summary>
internal sealed class ScriptConsole(IScriptConsole console, string scriptName, string requestId, ScriptLimits limits)
{
    private int _messages;
    private long _length;
    private int _droppedMessages;
    private long _droppedLength;

    /// <summary>The level that a script gave as a number, which may be any.</summary>
    public static ScriptLogLevel LevelOf(int level) =>
        Enum.IsDefined((ScriptLogLevel)level) ? (ScriptLogLevel)level : ScriptLogLevel.Information;

    public void Write(int level, string message)
    {
        if (_messages == limits.MaxLogMessages || _length + message.Length > limits.MaxLogLength)
        {
            // What follows is dropped as well, however short: a log with holes in the middle misleads.
            _messages = limits.MaxLogMessages;
            _droppedMessages++;
            _droppedLength += message.Length;
            return;
        }

        _messages++;
        _length += message.Length;
        console.Write(LevelOf(level), scriptName, requestId, message);
    }

    /// <summary>Says what was dropped, if anything was.</summary>
    public void ReportDropped()
    {
        if (_droppedMessages > 0)
        {
            var dropped = string.Create(
                CultureInfo.InvariantCulture,
                $"{_droppedMessages} more messages with {_droppedLength} characters were dropped: one request may write {limits.MaxLogMessages} messages and {limits.MaxLogLength} characters");
            console.Write(ScriptLogLevel.Warning, scriptName, requestId, dropped);
        }
    }
}
