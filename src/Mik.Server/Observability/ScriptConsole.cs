using Mik.Scripting;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Observability;

/// <summary>Sends what scripts write to their console to the log.</summary>
internal sealed class ScriptConsole(ILogger logger) : IScriptConsole
{
    public void Write(ScriptLogLevel level, string scriptName, string requestId, string message)
    {
        var loggedAs = level switch
        {
            ScriptLogLevel.Debug => LogLevel.Debug,
            ScriptLogLevel.Warning => LogLevel.Warning,
            ScriptLogLevel.Error => LogLevel.Error,
            _ => LogLevel.Information,
        };
        if (logger.IsEnabled(loggedAs))
        {
            var text = LogText.Of(message);
            ServerLog.ScriptConsole(logger, loggedAs, scriptName, text, requestId);
        }
    }
}
