using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mik.Scripting.Bodies;

namespace Mik.Scripting.Execution;

/// <summary>
/// The JSON that accompanies bodies across the border to the script. What comes from the script is read with suspicion: a script may
/// have tampered with the built-ins that wrote it.
/// </summary>
internal static class Envelopes
{
    /// <summary>How to write what nobody but JSON.parse reads.</summary>
    public static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly SearchValues<char> ForbiddenInPaths =
        SearchValues.Create([.. Enumerable.Range(0, ' ' + 1).Select(static c => (char)c), '\x7F', '#']);

    // What was written last on this thread: it is copied into a script's memory at once.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>A request, as <c>start</c> in <c>JavaScript/driver.js</c> reads it. Valid until the thread's next envelope, like all of these.</summary>
    public static ReadOnlySpan<byte> OfRequest(ScriptRequest request, IncomingBody body)
    {
        var json = Begin();
        json.WriteStartObject();
        json.WriteString("method", request.Method);
        json.WriteString("path", request.Path);
        WriteHeaders(json, request.Headers);
        WriteFields(json, "query", request.Query.Length == 0 ? [] : FormFields.Parse(Encoding.UTF8.GetBytes(request.Query)));
        WriteBody(json, body);
        json.WriteEndObject();
        return Finish(json);
    }

    /// <summary>A handler's answer, as <c>settle</c> in <c>JavaScript/calls.js</c> reads it.</summary>
    public static ReadOnlySpan<byte> OfAnswer(int call, HandlerAnswer answer, IncomingBody body)
    {
        var json = Begin();
        json.WriteStartArray();
        json.WriteNumberValue(call);
        json.WriteStartObject();
        json.WriteNumber("status", answer.Status);
        WriteHeaders(json, answer.Headers);
        WriteBody(json, body);
        json.WriteEndObject();
        json.WriteBooleanValue(body.Kind == BodyKind.Json);
        json.WriteEndArray();
        return Finish(json);
    }

    /// <summary>A call that could not be answered, as <c>settle</c> in <c>JavaScript/calls.js</c> reads it.</summary>
    public static ReadOnlySpan<byte> OfFailure(int call, HandlerCallException failure)
    {
        var json = Begin();
        json.WriteStartArray();
        json.WriteNumberValue(call);
        json.WriteStartObject();
        json.WriteString("code", HandlerCallException.NameOf(failure.Code));
        json.WriteString("message", failure.Message);
        if (failure.RetryAfter is { } retryAfter)
        {
            json.WriteNumber("retryAfter", retryAfter.TotalSeconds);
        }

        json.WriteEndObject();
        json.WriteEndArray();
        return Finish(json);
    }

    /// <summary>A call that a script wants made.</summary>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public static string? TryReadCall(in RequestedCall requested, out HandlerCall? call)
    {
        call = null;
        var (handler, method, path, headersJson, contentType, timeout, body) = requested;
        if (!HeaderRules.IsToken(method))
        {
            return $"'{method}' is not a method";
        }

        if (path.AsSpan().ContainsAny(ForbiddenInPaths))
        {
            return "the path has a space, a control character or a #; encode it with encodeURIComponent";
        }

        if (TryReadHeaders(headersJson, contentType, out var headers) is { } problem)
        {
            return problem;
        }

        call = new HandlerCall(
            handler,
            method,
            path.StartsWith('/') ? path : '/' + path,
            headers,
            body,
            body is not null,
            timeout >= 0 ? TimeSpan.FromMilliseconds(Math.Min(timeout, int.MaxValue)) : null);
        return null;
    }

    /// <summary>The headers of a script's answer.</summary>
    /// <returns>What is wrong with them, or <see langword="null"/>.</returns>
    public static string? TryReadHeaders(byte[] json, string contentType, out List<ScriptHeader> headers)
    {
        try
        {
            if (json.Length == 0)
            {
                return HeaderRules.TryTake([], contentType, out headers);
            }

            using var document = JsonDocument.Parse(json);
            return HeaderRules.TryTake(ReadPairs(document.RootElement), contentType, out headers);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            headers = [];
            return "the headers cannot be described as JSON";
        }
    }

    /// <summary>Reads a report that <c>describe</c> in <c>JavaScript/driver.js</c> made.</summary>
    public static ScriptReport ReadReport(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new ScriptReport(
                Text(root, "failure"),
                Text(root, "name"),
                Text(root, "message"),
                Text(root, "stack"),
                CodeOf(Text(root, "code")),
                ReadRetryAfter(root));
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            return new ScriptReport("", "", "", "", null, null);
        }
    }

    /// <summary>The code of that name; <see langword="null"/> when there is none.</summary>
    public static HandlerCallCode? CodeOf(string text)
    {
        foreach (var code in Enum.GetValues<HandlerCallCode>())
        {
            if (HandlerCallException.NameOf(code) == text)
            {
                return code;
            }
        }

        return null;
    }

    private static TimeSpan? ReadRetryAfter(JsonElement report) =>
        report.TryGetProperty("retryAfter", out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.GetDouble() is >= 0 and < int.MaxValue
            ? TimeSpan.FromSeconds(value.GetDouble())
            : null;

    private static bool IsBroken(Exception broken) =>
        broken is JsonException or InvalidOperationException or KeyNotFoundException or FormatException;

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static List<ScriptHeader> ReadPairs(JsonElement list) =>
        [.. list.EnumerateArray().Select(static pair => new ScriptHeader(pair[0].GetString() ?? "", pair[1].GetString() ?? ""))];

    private static void WriteHeaders(Utf8JsonWriter json, IReadOnlyList<ScriptHeader> headers)
    {
        json.WriteStartObject("headers");
        for (var i = 0; i < headers.Count; i++)
        {
            var name = headers[i].Name;
            if (!IsNamed(headers, 0, i, name))
            {
                json.WriteString(name.ToLowerInvariant(), IsNamed(headers, i + 1, headers.Count, name) ? ValuesOf(headers, name) : headers[i].Value);
            }
        }

        json.WriteEndObject();
    }

    private static string ValuesOf(IReadOnlyList<ScriptHeader> headers, string name) =>
        string.Join(", ", headers.Where(header => HasName(header, name)).Select(static header => header.Value));

    private static bool IsNamed(IReadOnlyList<ScriptHeader> headers, int from, int to, string name)
    {
        for (var i = from; i < to; i++)
        {
            if (HasName(headers[i], name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasName(ScriptHeader header, string name) => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static void WriteFields(Utf8JsonWriter json, string name, Dictionary<string, string> fields)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in fields)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a body as the value a script sees; bytes travel beside the JSON.</summary>
    public static void WriteBody(Utf8JsonWriter json, IncomingBody body)
    {
        switch (body.Kind)
        {
            case BodyKind.Json:
                json.WritePropertyName("body");
                json.WriteRawValue(body.Content.Span, skipInputValidation: true);
                break;
            case BodyKind.Form:
                WriteFields(json, "body", body.Form!);
                break;
            case BodyKind.Text:
                json.WriteString("body", body.Content.Span);
                break;
            default:
                json.WriteNull("body");
                break;
        }
    }

    private static Utf8JsonWriter Begin()
    {
        const int KeptBytes = 64 * 1024;
        if (_buffer is not { Capacity: <= KeptBytes })
        {
            _buffer = new ArrayBufferWriter<byte>(1024);
            _writer = new Utf8JsonWriter(_buffer, Plain);
        }

        _buffer.ResetWrittenCount();
        _writer!.Reset();
        return _writer;
    }

    private static ReadOnlySpan<byte> Finish(Utf8JsonWriter json)
    {
        json.Flush();
        return _buffer!.WrittenSpan;
    }
}

/// <summary>What the driver reported about something thrown.</summary>
internal sealed record ScriptReport(
    string Failure, string Name, string Message, string Stack, HandlerCallCode? CallCode, TimeSpan? RetryAfter);
