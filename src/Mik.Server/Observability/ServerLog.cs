using Microsoft.Extensions.Logging;

namespace Mik.Server.Observability;

/// <summary>
/// Every event the server logs. Ids: 1000 the process, 1100 what is loaded, 1200 requests, 1300 handlers, 1400 scripts. Text that
/// clients or guests control passes through <see cref="LogText"/> first.
/// </summary>
internal static partial class ServerLog
{
    [LoggerMessage(1001, LogLevel.Information, "Listening on {Url}")]
    public static partial void Listening(ILogger logger, string url);

    [LoggerMessage(1002, LogLevel.Information, "Serving {Handlers} handlers and {Scripts} scripts ({Broken} of them cannot be loaded)")]
    public static partial void Serving(ILogger logger, int handlers, int scripts, int broken);

    [LoggerMessage(1003, LogLevel.Information, "Shutting down: waiting up to {Seconds} s for {InFlight} requests")]
    public static partial void Draining(ILogger logger, int seconds, int inFlight);

    [LoggerMessage(1004, LogLevel.Warning, "Shutdown time is up: {InFlight} requests are cut off")]
    public static partial void DrainTimedOut(ILogger logger, int inFlight);

    [LoggerMessage(1005, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1006, LogLevel.Information, "Machine code of {Found} modules was in the cache, that of {Missed} was not")]
    public static partial void CodeLoaded(ILogger logger, int found, int missed);

    [LoggerMessage(1010, LogLevel.Warning, "Spans cannot be sent as they should be: {Complaint}")]
    public static partial void TraceExportFailed(ILogger logger, string complaint);

    [LoggerMessage(1101, LogLevel.Error, "Handler {Handler} cannot be loaded and answers 500: {Reason}")]
    public static partial void HandlerUnloadable(ILogger logger, string handler, string reason);

    [LoggerMessage(1102, LogLevel.Warning, "Ignored {File}: its name {Problem}")]
    public static partial void HandlerMisnamed(ILogger logger, string file, string problem);

    [LoggerMessage(1103, LogLevel.Error, "Script {Script} cannot be loaded and answers 500: {Position} {Reason}")]
    public static partial void ScriptUnloadable(ILogger logger, string script, string position, string reason);

    [LoggerMessage(1104, LogLevel.Information, "Script {Script} was loaded again")]
    public static partial void ScriptReloaded(ILogger logger, string script);

    [LoggerMessage(1105, LogLevel.Warning, "Script {Script} has just been changed and cannot be loaded; its former version answers a moment longer: {Position} {Reason}")]
    public static partial void ScriptHeld(ILogger logger, string script, string position, string reason);

    [LoggerMessage(1106, LogLevel.Information, "Handler {Handler} was loaded again")]
    public static partial void HandlerReloaded(ILogger logger, string handler);

    [LoggerMessage(1107, LogLevel.Error, "Handler {Handler} has changed and cannot be loaded; its former version goes on answering: {Reason}")]
    public static partial void HandlerHeld(ILogger logger, string handler, string reason);

    [LoggerMessage(1108, LogLevel.Information, "Handler {Handler} is gone")]
    public static partial void HandlerGone(ILogger logger, string handler);

    [LoggerMessage(1109, LogLevel.Information, "The configuration was loaded again")]
    public static partial void ConfigurationReloaded(ILogger logger);

    [LoggerMessage(1110, LogLevel.Error, "The configuration has changed and is refused; the former one stays: {Reason}")]
    public static partial void ConfigurationRefused(ILogger logger, string reason);

    [LoggerMessage(1111, LogLevel.Warning, "{Key} has changed and takes effect when the server is started again")]
    public static partial void ConfigurationNeedsRestart(ILogger logger, string key);

    [LoggerMessage(1112, LogLevel.Warning, "[handlers.{Handler}] grants something to a handler that does not exist")]
    public static partial void GrantsUnused(ILogger logger, string handler);

    /// <summary>A request was answered; see <see cref="RequestEntry"/>.</summary>
    public static EventId Answered { get; } = new(1201, nameof(Answered));

    /// <summary>A request failed; see <see cref="RequestEntry"/>.</summary>
    public static EventId Failed { get; } = new(1202, nameof(Failed));

    [LoggerMessage(1301, LogLevel.Information, "{Handler}: {Line} ({RequestId})")]
    public static partial void HandlerStdout(ILogger logger, string handler, string line, string requestId);

    [LoggerMessage(1302, LogLevel.Warning, "{Handler}: {Line} ({RequestId})")]
    public static partial void HandlerStderr(ILogger logger, string handler, string line, string requestId);

    [LoggerMessage(1303, LogLevel.Warning, "Handler {Handler} is suspended: its circuit breaker opened")]
    public static partial void CircuitOpened(ILogger logger, string handler);

    [LoggerMessage(1304, LogLevel.Information, "Handler {Handler} is back: its circuit breaker closed")]
    public static partial void CircuitClosed(ILogger logger, string handler);

    [LoggerMessage(1305, LogLevel.Error, "Handler {Handler} could not be run because of a fault in mik itself ({RequestId})")]
    public static partial void HandlerHostFailed(ILogger logger, Exception cause, string handler, string requestId);

    [LoggerMessage(1306, LogLevel.Warning, "Handler {Handler} failed after its answer was complete: {Fault} {Detail} {Diagnosis} ({RequestId})")]
    public static partial void HandlerFailedLate(
        ILogger logger, string handler, string fault, string detail, string diagnosis, string requestId);

    [LoggerMessage(1402, LogLevel.Warning, "Script {Script} is suspended: its circuit breaker opened")]
    public static partial void ScriptCircuitOpened(ILogger logger, string script);

    [LoggerMessage(1403, LogLevel.Information, "Script {Script} is back: its circuit breaker closed")]
    public static partial void ScriptCircuitClosed(ILogger logger, string script);

    [LoggerMessage(1307, LogLevel.Warning, "Handler {Handler} prints more than is kept: further lines are dropped until it prints less")]
    public static partial void HandlerTalksTooMuch(ILogger logger, string handler);

    [LoggerMessage(1308, LogLevel.Warning, "{Lines} lines that handler {Handler} printed were dropped")]
    public static partial void HandlerLinesDropped(ILogger logger, string handler, long lines);

    [LoggerMessage(1309, LogLevel.Information, "Handler {Handler} answered {Status}; attempt {Attempt} is followed by another ({RequestId})")]
    public static partial void HandlerRetried(ILogger logger, string handler, int status, int attempt, string requestId);

    [LoggerMessage(EventId = 1401, Message = "{Script}: {Text} ({RequestId})")]
    public static partial void ScriptConsole(ILogger logger, LogLevel level, string script, string text, string requestId);
}
