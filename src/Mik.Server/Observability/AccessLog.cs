using Microsoft.Extensions.Logging;
using Mik.Server.Faults;
using Mik.Server.Pipeline;
using Mik.Server.Routing;

namespace Mik.Server.Observability;

/// <summary>One entry for each request, when it is over. Thread-safe.</summary>
internal sealed class AccessLog(ILogger logger)
{
    /// <summary>Notes a request.</summary>
    /// <param name="exchange">The exchange, which is over.</param>
    /// <param name="isKnown">Whether what its path names exists.</param>
    /// <param name="fault">What went wrong, if anything did.</param>
    public void Write(Exchange exchange, bool isKnown, Fault? fault)
    {
        // Probes come every few seconds and say nothing; a client's mistakes say more about the client.
        var level = fault?.Rule.Level ?? (exchange.Target is EndpointTarget ? LogLevel.Debug : LogLevel.Information);
        if (logger.IsEnabled(level))
        {
            var (route, name) = RouteLabels.Of(exchange.Target, isKnown);
            var entry = new RequestEntry(exchange, route, name, fault);
            logger.Log(level, fault is null ? ServerLog.Answered : ServerLog.Failed, entry, fault?.Cause, static (entry, _) => entry.ToString());
        }
    }
}
