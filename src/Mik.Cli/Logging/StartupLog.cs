using Microsoft.Extensions.Logging;

namespace Mik.Cli.Logging;

/// <summary>What the program itself logs before the server does.</summary>
internal static partial class StartupLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Message}")]
    public static partial void Warning(ILogger logger, string message);

    [LoggerMessage(2, LogLevel.Information, "Machine code is not kept for the next start: {Reason}")]
    public static partial void CodeNotKept(ILogger logger, string reason);
}
