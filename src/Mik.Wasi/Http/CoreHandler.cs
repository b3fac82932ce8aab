using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>
/// How small components answer: the whole request goes in as a record, the whole response comes out as one. Components made for it
/// usually get an adapter built in that speaks WASI; here they run as they are, and see what the adapter would show them.
/// wit: mik:core/handler
/// </summary>
/// <param name="interfaceName">
/// The interface, which was published twice: 0.2.0 is the older, with its types in an interface of their own, and looks the same from here.
/// </param>
internal sealed class CoreHandler(string interfaceName) : HandlerContract(interfaceName, HandleType)
{
    // Read by the adapter that such components usually get, in the environment of the guest.
    private const string BodyLimitVariable = "MIK_MAX_BODY_SIZE";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static WitType HeaderList => List(Tuple(WitType.String, WitType.String));

    private static WitType Request => Record(
        new("method", Enum("get", "post", "put", "patch", "delete", "head", "options")),
        new("path", WitType.String),
        new("headers", HeaderList),
        new("body", Option(List(U8))));

    private static WitType Response => Record(new("status", U16), new("headers", HeaderList), new("body", Option(List(U8))));

    private static ComponentFuncType HandleType => ComponentFuncType.Of(Response, new WitField("req", Request));

    // wit: mik:core/handler#handle
    protected override void Handle(ComponentFunc function, WasiContext context, IncomingHttpRequest request, HandlerRun run)
    {
        // 1. What the record has no room for is answered without the guest.
        var method = Array.IndexOf(Methods, request.Method);
        if (method < 0)
        {
            run.Start(Problem(501, "Not Implemented", request.PathWithQuery));
            return;
        }

        if (!TryReadBody(context, request, BodyLimit(context), out var body, out var failure))
        {
            if (failure is null)
            {
                run.Start(Problem(413, "Payload Too Large", request.PathWithQuery));
            }
            else
            {
                run.Refuse(failure);
            }

            return;
        }

        // 2. The call.
        var response = function.Call(ComponentValue.Values(
            ComponentValue.OfCase(method),
            ComponentValue.String(request.PathWithQuery),
            HeadersOf(context, request),
            body.Length == 0 ? ComponentValue.None : ComponentValue.Some(ComponentValue.Bytes(body)))).AsValues;

        // 3. The answer, complete as it is.
        var status = (int)response[0].AsU32;
        if (status is < 200 or > 599)
        {
            Warn(context, $"the response's status {status} is none, 500 is sent instead");
            status = 500;
        }

        var content = GuestBody.Of(response[2].IsSome ? response[2].Payload.AsBytes.Span : []);
        run.Start(new HandlerResponse(status, HeadersOf(response[1]), content));
    }

    private static int BodyLimit(WasiContext context)
    {
        var own = context.Environment.LastOrDefault(static variable => variable.Key == BodyLimitVariable).Value;
        return int.TryParse(own, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? (int)Math.Min(limit, context.Limits.MaxHeldBytes)
            : context.Limits.MaxUnsentBodyBytes;
    }

    private static bool TryReadBody(
        WasiContext context, IncomingHttpRequest request, int limit, out byte[] body, out HttpErrorCode? failure)
    {
        failure = null;
        body = [];
        if (request.Body is null)
        {
            return true;
        }

        var collected = new ArrayBufferWriter<byte>();
        var stream = new SourceInputStream(context, null, request.Body, null, static _ => HttpErrorCode.Internal("the request's body could not be read"));
        while (collected.WrittenCount <= limit)
        {
            stream.WaitUntilReady();
            var bytes = stream.Read(InputStream.MaxReadBytes, out var error);
            if (error is not null)
            {
                failure = error.Failure?.Http;
                body = collected.WrittenSpan.ToArray();
                stream.Drop();
                return failure is null;
            }

            collected.Write(bytes.Span);
        }

        stream.Drop();
        return false;
    }

    private static ComponentValue HeadersOf(WasiContext context, IncomingHttpRequest request)
    {
        var headers = new List<ComponentValue>();
        var dropped = 0;
        foreach (var field in Fields.Receive(request.Headers))
        {
            try
            {
                headers.Add(ComponentValue.Values(ComponentValue.String(field.Name), ComponentValue.String(Strict.GetString(field.Value))));
            }
            catch (DecoderFallbackException)
            {
                dropped++;
            }
        }

        if (dropped > 0)
        {
            Warn(context, $"{dropped} request headers are not UTF-8 and were left out");
        }

        return ComponentValue.Values([.. headers]);
    }

    private static List<HttpField> HeadersOf(ComponentValue list)
    {
        var headers = new List<HttpField>();
        foreach (var pair in list.AsValues)
        {
            var name = pair.AsValues[0].AsString;
            var value = Encoding.UTF8.GetBytes(pair.AsValues[1].AsString);
            if (FieldRules.IsToken(name) && FieldRules.IsValue(value) && !FieldRules.IsForbidden(name))
            {
                headers.Add(new HttpField(name, FieldRules.ToText(value)));
            }
        }

        return headers;
    }

    private static void Warn(WasiContext context, string text)
    {
        if (context.LinesOf(GuestOutput.Stderr) is { } lines)
        {
            lines.Flush();
            lines.Write(Encoding.UTF8.GetBytes(text + "\n"));
        }
    }

    // rfc: 9457
    private static HandlerResponse Problem(int status, string title, string path)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteString("title", title);
            json.WriteNumber("status", status);
            json.WriteString("instance", path);
            json.WriteEndObject();
        }

        return new HandlerResponse(status, [new HttpField("content-type", "application/problem+json")], GuestBody.Of(buffer.WrittenSpan));
    }
}
