using Mik.Wasi;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Observability;

/// <summary>Sends what one run of a handler prints to the log. Lines arrive escaped and capped.</summary>
/// <param name="handler">The handler.</param>
/// <param name="requestId">The request it serves.</param>
/// <param name="rate">How much the handler may print.</param>
/// <param name="logger">Takes the lines.</param>
internal sealed class GuestLog(string handler, string requestId, LogRate rate, ILogger logger) : IGuestLog
{
    // What the lines are escaped for already is less than what misleads readers of a log.
    private const int MaxLength = 64 * 1024;

    public void WriteLine(GuestOutput output, string line)
    {
        if (!logger.IsEnabled(output == GuestOutput.Stdout ? LogLevel.Information : LogLevel.Warning))
        {
            return;
        }

        if (!rate.TryTake(line.Length, out var dropped, out var isFirstDropped))
        {
            if (isFirstDropped)
            {
                ServerLog.HandlerTalksTooMuch(logger, handler);
            }

            return;
        }

        if (dropped > 0)
        {
            ServerLog.HandlerLinesDropped(logger, handler, dropped);
        }

        line = LogText.Of(line, MaxLength);
        if (output == GuestOutput.Stdout)
        {
            ServerLog.HandlerStdout(logger, handler, line, requestId);
        }
        else
        {
            ServerLog.HandlerStderr(logger, handler, line, requestId);
        }
    }
}
