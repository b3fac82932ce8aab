using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mik.Server.Observability;

namespace Mik.Cli.Logging;

/// <summary>
/// The log as programs read it: one JSON object a line, in ASCII. First what every entry has (time, level, category, event, message), then
/// the entry's own values under their names.
/// </summary>
internal sealed class JsonLogFormatter(TimeProvider time) : LogFormatter
{
    // What the framework calls the message with its placeholders.
    private const string Template = "{OriginalFormat}";

    // The placeholders' names as they are written. They stand in the program's text, so there are only so many.
    private static readonly ConcurrentDictionary<string, JsonEncodedText> Names = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> entry, IBufferWriter<byte> output)
    {
        // Taken away meanwhile: what is formatted might log.
        var json = _writer ?? new Utf8JsonWriter(output);
        _writer = null;
        json.Reset(output);
        json.WriteStartObject();
        Span<char> moment = stackalloc char[24];
        time.GetUtcNow().UtcDateTime.TryFormat(moment, out var length, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        json.WriteString("time"u8, moment[..length]);
        json.WriteString("level"u8, entry.LogLevel switch
        {
            LogLevel.Trace => "trace"u8,
            LogLevel.Debug => "debug"u8,
            LogLevel.Information => "info"u8,
            LogLevel.Warning => "warning"u8,
            LogLevel.Error => "error"u8,
            _ => "critical"u8,
        });
        json.WriteString("category"u8, entry.Category);
        json.WriteNumber("event"u8, entry.EventId.Id);
        json.WriteString("message"u8, entry.Formatter(entry.State, entry.Exception));
        if (entry.State is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            for (var i = 0; i < values.Count; i++)
            {
                var (name, value) = values[i];
                if (name != Template)
                {
                    json.WritePropertyName(Names.GetOrAdd(name, static name => JsonEncodedText.Encode(JsonNamingPolicy.SnakeCaseLower.ConvertName(name))));
                    Write(json, value);
                }
            }
        }

        if (entry.Exception is { } exception)
        {
            json.WriteString("exception"u8, LogText.OfLines(exception.ToString(), MaxExceptionLength));
        }

        json.WriteEndObject();
        json.Flush();
        json.Reset(Stream.Null);
        _writer = json;
        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case IStructuredLogValue structured:
                structured.WriteTo(json);
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
