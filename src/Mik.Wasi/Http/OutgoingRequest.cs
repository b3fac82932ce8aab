using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>A request the guest sends. wit: wasi:http/types#outgoing-request</summary>
internal sealed class OutgoingRequest : GuestResource
{
    private OutgoingRequest(WasiContext context, List<Fields.Field> headers)
        : base(context)
    {
        Headers = headers;
        Charge(Fields.SizeOf(headers));
    }

    public static HostResourceType Type { get; } = TypeOf("outgoing-request");

    public string Method { get; private set; } = "GET";

    public string? PathWithQuery { get; private set; }

    public string? Scheme { get; private set; }

    public string? Authority { get; private set; }

    public OutgoingBody? Body { get; private set; }

    public List<Fields.Field> Headers { get; }

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        var done = Result(null, null);
        target
            .Resource(Type)
            .Func("[constructor]outgoing-request", Construct, Own(Type), new WitField("headers", Own(Fields.Type)))
            .Func("[method]outgoing-request.body", TakeBody, Result(Own(OutgoingBody.Type), null), self)
            .Func("[method]outgoing-request.method", GetMethod, HttpMethods.Method, self)
            .Func("[method]outgoing-request.set-method", SetMethod, done, self, new("method", HttpMethods.Method))
            .Func("[method]outgoing-request.path-with-query", GetPathWithQuery, Option(WitType.String), self)
            .Func("[method]outgoing-request.set-path-with-query", SetPathWithQuery, done, self, new("path-with-query", Option(WitType.String)))
            .Func("[method]outgoing-request.scheme", GetScheme, Option(HttpMethods.Scheme), self)
            .Func("[method]outgoing-request.set-scheme", SetScheme, done, self, new("scheme", Option(HttpMethods.Scheme)))
            .Func("[method]outgoing-request.authority", GetAuthority, Option(WitType.String), self)
            .Func("[method]outgoing-request.set-authority", SetAuthority, done, self, new("authority", Option(WitType.String)))
            .Func("[method]outgoing-request.headers", GetHeaders, Own(Fields.Type), self);
    }

    // wit: wasi:http/types#outgoing-request.constructor
    internal static ComponentValue Construct(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var headers = arguments[0].AsResource<Fields>();
        headers.Take();
        return new OutgoingRequest(WasiContext.Of(state), headers.Entries).ToValue();
    }

    // wit: wasi:http/types#outgoing-request.body
    internal static ComponentValue TakeBody(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var request = Of(arguments);
        if (request.Body is not null)
        {
            return ComponentValue.Error();
        }

        request.Body = new OutgoingBody(request.Context, ofRequest: true, Fields.ContentLengthOf(request.Headers));
        return ComponentValue.Ok(request.Body.ToValue());
    }

    // wit: wasi:http/types#outgoing-request.method
    internal static ComponentValue GetMethod(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        HttpMethods.MethodToValue(Of(arguments).Method);

    // wit: wasi:http/types#outgoing-request.set-method
    internal static ComponentValue SetMethod(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var method = HttpMethods.MethodOf(arguments[1]);
        if (!FieldRules.IsToken(method))
        {
            return ComponentValue.Error();
        }

        Of(arguments).Method = method;
        return ComponentValue.Ok();
    }

    // wit: wasi:http/types#outgoing-request.path-with-query
    internal static ComponentValue GetPathWithQuery(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ToValue(Of(arguments).PathWithQuery);

    // wit: wasi:http/types#outgoing-request.set-path-with-query
    internal static ComponentValue SetPathWithQuery(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var path = FromValue(arguments[1]);
        if (path is not null && !UriRules.IsPathWithQuery(path))
        {
            return ComponentValue.Error();
        }

        Of(arguments).PathWithQuery = path;
        return ComponentValue.Ok();
    }

    // wit: wasi:http/types#outgoing-request.scheme
    internal static ComponentValue GetScheme(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        Of(arguments).Scheme is { } scheme ? ComponentValue.Some(HttpMethods.SchemeToValue(scheme)) : ComponentValue.None;

    // wit: wasi:http/types#outgoing-request.set-scheme
    internal static ComponentValue SetScheme(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var scheme = arguments[1].IsSome ? HttpMethods.SchemeOf(arguments[1].Payload) : null;
        if (scheme is not null && !Uri.CheckSchemeName(scheme))
        {
            return ComponentValue.Error();
        }

        Of(arguments).Scheme = scheme;
        return ComponentValue.Ok();
    }

    // wit: wasi:http/types#outgoing-request.authority
    internal static ComponentValue GetAuthority(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ToValue(Of(arguments).Authority);

    // wit: wasi:http/types#outgoing-request.set-authority
    internal static ComponentValue SetAuthority(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var authority = FromValue(arguments[1]);
        if (authority is not null && !UriRules.IsAuthority(authority))
        {
            return ComponentValue.Error();
        }

        Of(arguments).Authority = authority;
        return ComponentValue.Ok();
    }

    // wit: wasi:http/types#outgoing-request.headers
    internal static ComponentValue GetHeaders(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var request = Of(arguments);
        return Fields.ViewOf(request, request.Headers).ToValue();
    }

    private static OutgoingRequest Of(ReadOnlySpan<ComponentValue> arguments) => arguments[0].AsResource<OutgoingRequest>();

    private static string? FromValue(ComponentValue option) => option.IsSome ? option.Payload.AsString : null;

    private static ComponentValue ToValue(string? text) =>
        text is null ? ComponentValue.None : ComponentValue.Some(ComponentValue.String(text));
}
