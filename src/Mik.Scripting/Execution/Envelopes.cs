using System.Buffers;
using System.Text;
using System.Text.Json;
using Mik.Scripting.Bodies;

namespace Mik.Scripting.Execution;

/// <summary>
/// The JSON that accompanies bodies across the border to the script. What comes from the script is read with suspicion: a script may
/// have tampered with the built-ins that wrote it.
/// </summary>
internal static class Envelopes
{
    /// <summary>A request, as <c>start</c> in <c>JavaScript/driver.js</c> reads it.</summary>
    public static byte[] OfRequest(ScriptRequest request, IncomingBody body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("method", request.Method);
        json.WriteString("path", request.Path);
        WriteHeaders(json, request.Headers);
        WriteFields(json, "query", FormFields.Parse(Encoding.UTF8.GetBytes(request.Query)));
        WriteBodyKind(json, body.Kind);
        if (body.Form is not null)
        {
            WriteFields(json, "form", body.Form);
        }

        return Finish(json, buffer);
    }

    /// <summary>A handler's answer, as <c>settle</c> in <c>JavaScript/calls.js</c> reads it.</summary>
    public static byte[] OfAnswer(HandlerAnswer answer, IncomingBody body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("status", answer.Status);
        WriteHeaders(json, answer.Headers);
        WriteBodyKind(json, body.Kind);
        return Finish(json, buffer);
    }

    /// <summary>A call that could not be answered, as <c>settle</c> in <c>JavaScript/calls.js</c> reads it.</summary>
    public static byte[] OfFailure(HandlerCallException failure)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("code", CodeText(failure.Code));
        json.WriteString("message", failure.Message);
        if (failure.RetryAfter is { } retryAfter)
        {
            json.WriteNumber("retryAfter", retryAfter.TotalSeconds);
        }

        return Finish(json, buffer);
    }

    /// <summary>A call that a script wants made.</summary>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public static string? TryReadCall(byte[] json, byte[]? body, out HandlerCall? call)
    {
        call = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var method = Text(root, "method");
            if (!HeaderRules.IsToken(method))
            {
                return $"'{method}' is not a method";
            }

            var path = Text(root, "path");
            if (path.Any(static c => c is <= ' ' or '\x7F' or '#'))
            {
                return "the path has a space, a control character or a #; encode it with encodeURIComponent";
            }

            var problem = HeaderRules.TryTake(ReadPairs(root.GetProperty("headers")), Text(root, "contentType"), out var headers);
            if (problem is not null)
            {
                return problem;
            }

            var timeout = root.TryGetProperty("timeoutMs", out var value) && value.ValueKind == JsonValueKind.Number
                ? TimeSpan.FromMilliseconds(Math.Min(value.GetDouble(), int.MaxValue))
                : (TimeSpan?)null;
            call = new HandlerCall(
                Text(root, "handler"),
                method,
                path.StartsWith('/') ? path : '/' + path,
                headers,
                body,
                body is not null,
                timeout);
            return null;
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            return "the call cannot be described as JSON";
        }
    }

    /// <summary>The headers of a script's answer.</summary>
    /// <returns>What is wrong with them, or <see langword="null"/>.</returns>
    public static string? TryReadHeaders(byte[] json, string contentType, out List<ScriptHeader> headers)
    {
        try
        {
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

    /// <summary>The name of a code in scripts.</summary>
    public static string CodeText(HandlerCallCode code) => code switch
    {
        HandlerCallCode.ModuleNotFound => "MODULE_NOT_FOUND",
        HandlerCallCode.CircuitOpen => "CIRCUIT_OPEN",
        HandlerCallCode.RateLimited => "RATE_LIMITED",
        HandlerCallCode.Timeout => "TIMEOUT",
        HandlerCallCode.HandlerError => "HANDLER_ERROR",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };

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
        foreach (var group in headers.GroupBy(static header => header.Name.ToLowerInvariant(), static header => header.Value))
        {
            json.WriteString(group.Key, string.Join(", ", group));
        }

        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, string name, Dictionary<string, string> fields)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in fields)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteBodyKind(Utf8JsonWriter json, BodyKind kind) => json.WriteString("body", kind switch
    {
        BodyKind.None => "none",
        BodyKind.Json => "json",
        BodyKind.Form => "form",
        BodyKind.Text => "text",
        _ => "bytes",
    });

    private static byte[] Finish(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer)
    {
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static HandlerCallCode? CodeOf(string text)
    {
        foreach (var code in Enum.GetValues<HandlerCallCode>())
        {
            if (CodeText(code) == text)
            {
                return code;
            }
        }

        return null;
    }
}

/// <summary>What the driver reported about something thrown.</summary>
internal sealed record ScriptReport(
    string Failure, string Name, string Message, string Stack, HandlerCallCode? CallCode, TimeSpan? RetryAfter);
