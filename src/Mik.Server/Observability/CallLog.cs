using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mik.Server.Observability;

/// <summary>
/// The calls that a script's run made, for the entry of its request in the log: the first few, and how many there were. Thread-safe, as
/// calls run side by side; written out when the run is over.
/// </summary>
internal sealed class CallLog : IStructuredLogValue
{
    // What fits a line that somebody is to read.
    private const int MaxCalls = 20;
    private const int MaxNameLength = 64;

    private readonly Lock _gate = new();
    private readonly List<Call> _calls = []; // guarded by _gate
    private int _count; // guarded by _gate

    /// <summary>Nothing was called.</summary>
    public static CallLog None { get; } = new();

    /// <summary>Notes a call that was answered.</summary>
    public void Answered(string handler, int status, TimeSpan duration) => Add(new Call(handler, status, Code: null, duration));

    /// <summary>Notes a call that failed.</summary>
    /// <param name="handler">What the script called, which need not exist.</param>
    /// <param name="code">The failure's code.</param>
    /// <param name="duration">How long that took.</param>
    public void Failed(string handler, string code, TimeSpan duration) => Add(new Call(
        LogText.Of(handler.Length <= MaxNameLength ? handler : handler[..MaxNameLength] + "…"), Status: null, code, duration));

    /// <summary>The calls after a comma, to follow what is said of the request; empty when there are none.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                return "";
            }

            var text = new StringBuilder(", called");
            foreach (var call in _calls)
            {
                text.Append(
                    CultureInfo.InvariantCulture, $" {call.Handler} ({call.Code ?? call.Status.ToString()}, {call.Duration.TotalMilliseconds:0.0} ms)");
            }

            return _count == _calls.Count ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $" and {_count - _calls.Count} more").ToString();
        }
    }

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter json)
    {
        lock (_gate)
        {
            json.WriteStartArray();
            foreach (var call in _calls)
            {
                json.WriteStartObject();
                json.WriteString("handler", call.Handler);
                if (call.Status is { } status)
                {
                    json.WriteNumber("status", status);
                }
                else
                {
                    json.WriteString("code", call.Code);
                }

                json.WriteNumber("duration_ms", Math.Round(call.Duration.TotalMilliseconds, 3));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    private void Add(Call call)
    {
        lock (_gate)
        {
            _count++;
            if (_calls.Count < MaxCalls)
            {
                _calls.Add(call);
            }
        }
    }

    private readonly record struct Call(string Handler, int? Status, string? Code, TimeSpan Duration);
}
