using Mik.Wasi;
using Microsoft.Extensions.Logging;

namespace Mik.Server.Observability;

/// <summary>Sends what one run of a handler prints to the log. Lines arrive escaped and capped.</summary>
internal sealed class GuestLog(string handler, string requestId, ILogger logger) : IGuestLog
{
    // What the lines are escaped for already is less than what misleads readers of a log.
    private const int MaxLength = 64 * 1024;

    public void WriteLine(GuestOutput output, string line)
    {
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
