using System.Buffers;
using System.Text;
using System.Text.Json;
using Mik.Scripting.Bodies;

namespace Mik.Scripting.Execution;

/// <summary>
/// What scripts of the older dialect get back from <c>host.call</c>: <c>{ status, headers: [[name, value], …], body, error? }</c>, as
/// JSON, whatever happened. Its other half is <c>JavaScript/older.js</c>.
/// </summary>
internal static class OlderDialect
{
    /// <summary>Whether a file of that name can hold such a script; the dialect knew no other kind of file.</summary>
    public static bool KnowsFile(string name) => name.EndsWith(".js", StringComparison.Ordinal);

    /// <summary>A handler's answer.</summary>
    public static byte[] OfAnswer(HandlerAnswer answer)
    {
        var body = IncomingBody.OfJsonOrText(answer.Body);
        return Write(answer.Status, answer.Headers, null, json =>
        {
            if (body.Kind == BodyKind.Json)
            {
                json.WriteRawValue(body.Content.Span, skipInputValidation: true);
            }
            else
            {
                json.WriteStringValue(Encoding.UTF8.GetString(body.Content.Span));
            }
        });
    }

    /// <summary>A call that could not be answered.</summary>
    public static byte[] OfFailure(HandlerCallException failure)
    {
        var code = HandlerCallException.NameOf(failure.Code);
        return Write(StatusOf(failure.Code), [], code, json =>
        {
            json.WriteStartObject();
            json.WriteString("error", code);
            json.WriteString("message", failure.Message);
            json.WriteEndObject();
        });
    }

    /// <summary>A call that could not even be sent.</summary>
    public static byte[] OfUnsendable(string problem) => Write(500, [], problem, static json => json.WriteNullValue());

    private static int StatusOf(HandlerCallCode code) => code switch
    {
        HandlerCallCode.ModuleNotFound => 404,
        HandlerCallCode.CircuitOpen => 503,
        HandlerCallCode.RateLimited => 429,
        HandlerCallCode.Timeout => 504,
        _ => 500,
    };

    private static byte[] Write(int status, IReadOnlyList<ScriptHeader> headers, string? error, Action<Utf8JsonWriter> writeBody)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Envelopes.Plain);
        json.WriteStartObject();
        json.WriteNumber("status", status);
        json.WriteStartArray("headers");
        foreach (var header in headers)
        {
            json.WriteStartArray();
            json.WriteStringValue(header.Name.ToLowerInvariant());
            json.WriteStringValue(header.Value);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WritePropertyName("body");
        writeBody(json);
        if (error is not null)
        {
            json.WriteString("error", error);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
