using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Mik.Scripting.Bodies;

/// <summary>What a script sees of a body that came in.</summary>
internal enum BodyKind
{
    None,
    Json,
    Form,
    Text,
    Bytes,
}

/// <summary>
/// A body that came in with a request or a handler's answer, ready to cross into the script.
/// </summary>
/// <param name="Kind">What the script sees.</param>
/// <param name="Content">Bytes as they came for <see cref="BodyKind.Bytes"/>; otherwise UTF-8 without zero bytes.</param>
/// <param name="Form">The fields of a form.</param>
internal readonly record struct IncomingBody(BodyKind Kind, ReadOnlyMemory<byte> Content, Dictionary<string, string>? Form)
{
    // Deeper JSON could use up the script's stack while it is parsed, before any of the script's own code runs.
    private const int MaxDepth = 1000;

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="ScriptException">
    /// The content type says JSON, the body is not (<see cref="ScriptFailure.InvalidRequestBody"/>).
    /// </exception>
    public static IncomingBody OfRequest(IReadOnlyList<ScriptHeader> headers, ReadOnlyMemory<byte> body)
    {
        var type = ContentType.Of(headers);
        if (type.IsForm && !body.IsEmpty && !IsCompressed(headers))
        {
            return ProblemAsJson(body.Span) is null
                ? new IncomingBody(BodyKind.Json, body, null)
                : new IncomingBody(BodyKind.Form, default, FormFields.Parse(body.Span));
        }

        if (type.IsJson && !body.IsEmpty && !IsCompressed(headers) && ProblemAsJson(WithoutByteOrderMark(body).Span) is { } problem)
        {
            throw new ScriptException(ScriptFailure.InvalidRequestBody, $"The body is not JSON: {problem}");
        }

        return Of(type, headers, body, canGuess: type.IsMissing);
    }

    /// <summary>Reads a request's body as JSON, whatever its content type.</summary>
    /// <exception cref="ScriptException">The body is not JSON (<see cref="ScriptFailure.InvalidRequestBody"/>).</exception>
    public static IncomingBody OfJsonRequest(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return default;
        }

        var content = WithoutByteOrderMark(body);
        return ProblemAsJson(content.Span) is { } problem
            ? throw new ScriptException(ScriptFailure.InvalidRequestBody, $"The body is not JSON: {problem}")
            : new IncomingBody(BodyKind.Json, content, null);
    }

    /// <summary>Takes a body for JSON if it is, for text otherwise, whatever its content type.</summary>
    /// <returns>The body; a text need not be valid UTF-8 and may have zero bytes.</returns>
    public static IncomingBody OfJsonOrText(ReadOnlyMemory<byte> body)
    {
        var content = WithoutByteOrderMark(body);
        return new IncomingBody(ProblemAsJson(content.Span) is null ? BodyKind.Json : BodyKind.Text, content, null);
    }

    /// <summary>Reads a handler's answer.</summary>
    public static IncomingBody OfAnswer(IReadOnlyList<ScriptHeader> headers, ReadOnlyMemory<byte> body)
    {
        var type = ContentType.Of(headers);
        return Of(type, headers, body, canGuess: type.IsMissing || type.IsOctetStream);
    }

    private static IncomingBody Of(ContentType type, IReadOnlyList<ScriptHeader> headers, ReadOnlyMemory<byte> body, bool canGuess)
    {
        if (body.IsEmpty)
        {
            return default;
        }

        if (IsCompressed(headers))
        {
            return new IncomingBody(BodyKind.Bytes, body, null);
        }

        var content = WithoutByteOrderMark(body);
        if ((type.IsJson || canGuess) && ProblemAsJson(content.Span) is null)
        {
            return new IncomingBody(BodyKind.Json, content, null);
        }

        // A handler that says JSON and sends something else most likely sent a message.
        return type.IsJson || type.IsText ? OfText(type, content) : new IncomingBody(BodyKind.Bytes, body, null);
    }

    private static IncomingBody OfText(ContentType type, ReadOnlyMemory<byte> body)
    {
        if (type.Encoding is UTF8Encoding && CanCrossAsIs(body.Span))
        {
            return new IncomingBody(BodyKind.Text, body, null);
        }

        var text = type.Encoding.GetString(body.Span);

        // A zero byte would end the text on its way in; as a JSON string it arrives as the same text.
        return text.Contains('\0', StringComparison.Ordinal)
            ? new IncomingBody(BodyKind.Json, JsonSerializer.SerializeToUtf8Bytes(text, PlainJson.Default.String), null)
            : new IncomingBody(BodyKind.Text, Encoding.UTF8.GetBytes(text), null);
    }

    private static bool CanCrossAsIs(ReadOnlySpan<byte> body) => !body.Contains((byte)0) && Utf8.IsValid(body);

    private static string? ProblemAsJson(ReadOnlySpan<byte> body)
    {
        if (!CanCrossAsIs(body))
        {
            return "it is not UTF-8 text without zero bytes.";
        }

        return JsonProblem(body)?.Message;
    }

    /// <summary>Why a text is not JSON, with the place; <see langword="null"/> when it is.</summary>
    public static JsonException? JsonProblem(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException problem)
        {
            return problem;
        }
    }

    private static bool IsCompressed(IReadOnlyList<ScriptHeader> headers)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Name.Equals("content-encoding", StringComparison.OrdinalIgnoreCase)
                && !headers[i].Value.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;
}
