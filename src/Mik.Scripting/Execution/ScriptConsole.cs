namespace Mik.Scripting.Execution;

/// <summary>Passes a run's console messages on, as many and as long as a log can be expected to take.</summary>
internal sealed class ScriptConsole(IScriptConsole console, string scriptName, string requestId)
{
    private const int MaxMessages = 1000;
    private const int MaxMessageLength = 16 * 1024;

    private int _messages;

    public void Write(int level, string message)
    {
        var known = Enum.IsDefined((ScriptLogLevel)level) ? (ScriptLogLevel)level : ScriptLogLevel.Information;
        _messages++;
        if (_messages <= MaxMessages)
        {
            var text = message.Length > MaxMessageLength
                ? $"{message.AsSpan(0, MaxMessageLength)}… ({message.Length} characters)"
                : message;
            console.Write(known, scriptName, requestId, text);
        }
        else if (_messages == MaxMessages + 1)
        {
            const string Dropped = "This request has written too many messages; the rest is dropped.";
            console.Write(ScriptLogLevel.Warning, scriptName, requestId, Dropped);
        }
    }
}
