using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Mik.Server.Observability;

namespace Mik.Server.Tracing;

/// <summary>Passes on what the exporting library complains about, once in a while: a collector that is away is away for every batch.</summary>
internal sealed class TraceExportLog : EventListener
{
    private const string Libraries = "OpenTelemetry";

    private static readonly TimeSpan BetweenComplaints = TimeSpan.FromMinutes(1);

    private readonly TimeProvider? _time;
    private readonly ILogger? _logger;
    private readonly Lock _gate = new();
    private long? _last; // guarded by _gate

    public TraceExportLog(TimeProvider time, ILogger logger)
    {
        (_time, _logger) = (time, logger);

        // The base class has told of the sources there already are before this object knew its logger.
        foreach (var source in EventSource.GetSources())
        {
            OnEventSourceCreated(source);
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (_logger is not null && eventSource.Name.StartsWith(Libraries, StringComparison.Ordinal))
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (_logger is null || !IsDue())
        {
            return;
        }

        var arguments = eventData.Payload?.ToArray() ?? [];
        ServerLog.TraceExportFailed(_logger, LogText.Of(Format(eventData.Message ?? eventData.EventName ?? "", arguments)));
    }

    private static string Format(string message, object?[] arguments)
    {
        try
        {
            return string.Format(CultureInfo.InvariantCulture, message, arguments);
        }
        catch (FormatException)
        {
            return message;
        }
    }

    private bool IsDue()
    {
        lock (_gate)
        {
            if (_last is { } last && _time!.GetElapsedTime(last) < BetweenComplaints)
            {
                return false;
            }

            _last = _time!.GetTimestamp();
            return true;
        }
    }
}
