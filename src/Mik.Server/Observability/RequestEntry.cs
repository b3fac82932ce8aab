using System.Collections;
using System.Globalization;
using Mik.Server.Faults;
using Mik.Server.Pipeline;

namespace Mik.Server.Observability;

/// <summary>What the log says of one request: a sentence, and the values that programs look for.</summary>
internal sealed class RequestEntry : IReadOnlyList<KeyValuePair<string, object?>>
{
    // Longer than any method there is.
    private const int MaxMethodLength = 32;

    private readonly KeyValuePair<string, object?>[] _values;
    private readonly string _text;

    /// <summary>Describes an exchange that is over.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="route">What it was for.</param>
    /// <param name="name">Its name, if that exists.</param>
    /// <param name="fault">What went wrong, if anything did.</param>
    public RequestEntry(Exchange exchange, string route, string name, Fault? fault)
    {
        var (method, path) = (LogText.Of(exchange.Method, MaxMethodLength), LogText.Of(exchange.Address.Path));
        var status = fault?.Rule.Status ?? exchange.Http.Response.StatusCode;
        var milliseconds = Math.Round(exchange.Duration.TotalMilliseconds, 3);
        KeyValuePair<string, object?>[] values =
        [
            new("Method", method),
            new("Path", path),
            new("Route", route),
            new("Name", name),
            new("Status", status),
            new("DurationMs", milliseconds),
            new("Bytes", exchange.BytesSent),
            new("Calls", exchange.Calls),
            new("RequestId", exchange.RequestId),
            new("TraceId", exchange.Trace.TraceId),
        ];
        if (fault is null)
        {
            _values = values;
            _text = string.Create(
                CultureInfo.InvariantCulture,
                $"{method} {path} answered {status} in {milliseconds:0.0} ms, {exchange.BytesSent} bytes{exchange.Calls} ({exchange.RequestId})");
            return;
        }

        var (detail, diagnosis) = (LogText.Of(fault.Detail), LogText.OfLines(fault.Diagnosis ?? ""));
        var subject = exchange.Handler ?? exchange.Script;
        _values = [.. values, new("Fault", fault.Rule.Slug), new("Detail", detail), new("Diagnosis", diagnosis)];
        _text = string.Create(
            CultureInfo.InvariantCulture,
            $"{method} {path} failed with {status} {fault.Rule.Slug}: {Before(LogText.Of(subject ?? ""))}{detail} {Before(diagnosis)}({exchange.RequestId}, trace {exchange.Trace.TraceId}, {milliseconds:0.0} ms{exchange.Calls})");
    }

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => _values[index];

    /// <summary>The sentence.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_values).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Before(string text) => text.Length == 0 ? "" : text + " ";
}
