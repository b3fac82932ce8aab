using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>The guest's answer. wit: wasi:http/types#outgoing-response</summary>
internal sealed class OutgoingResponse : GuestResource
{
    private readonly List<Fields.Field> _headers;
    private int _status = 200;
    private OutgoingBody? _body;

    private OutgoingResponse(WasiContext context, List<Fields.Field> headers)
        : base(context)
    {
        _headers = headers;
        Charge(Fields.SizeOf(headers));
    }

    public static HostResourceType Type { get; } = TypeOf("outgoing-response");

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        target
            .Resource(Type)
            .Func("[constructor]outgoing-response", Construct, Own(Type), new WitField("headers", Own(Fields.Type)))
            .Func("[method]outgoing-response.status-code", StatusCode, U16, self)
            .Func("[method]outgoing-response.set-status-code", SetStatusCode, Result(null, null), self, new("status-code", U16))
            .Func("[method]outgoing-response.headers", Headers, Own(Fields.Type), self)
            .Func("[method]outgoing-response.body", Body, Result(Own(OutgoingBody.Type), null), self);
    }

    /// <summary>What the server gets to see. From here on the body is on its way.</summary>
    public HandlerResponse Send()
    {
        _body?.Content.StartSending();
        Context.Response = _body?.Content;
        return new HandlerResponse(_status, Fields.Send(_headers), _body?.Content ?? GuestBody.Of([]));
    }

    // wit: wasi:http/types#outgoing-response.constructor
    internal static ComponentValue Construct(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var headers = arguments[0].AsResource<Fields>();
        headers.Take();
        return new OutgoingResponse(WasiContext.Of(state), headers.Entries).ToValue();
    }

    // wit: wasi:http/types#outgoing-response.status-code
    internal static ComponentValue StatusCode(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.U32((uint)Of(arguments)._status);

    // wit: wasi:http/types#outgoing-response.set-status-code
    // NOTE: 1xx is refused as well: this is the final response, and a server cannot send it as such.
    internal static ComponentValue SetStatusCode(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var status = arguments[1].AsU32;
        if (status is < 200 or > 999)
        {
            return ComponentValue.Error();
        }

        Of(arguments)._status = (int)status;
        return ComponentValue.Ok();
    }

    // wit: wasi:http/types#outgoing-response.headers
    internal static ComponentValue Headers(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var response = Of(arguments);
        return Fields.ViewOf(response, response._headers).ToValue();
    }

    // wit: wasi:http/types#outgoing-response.body
    internal static ComponentValue Body(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var response = Of(arguments);
        if (response._body is not null)
        {
            return ComponentValue.Error();
        }

        response._body = new OutgoingBody(response.Context, ofRequest: false, Fields.ContentLengthOf(response._headers));
        return ComponentValue.Ok(response._body.ToValue());
    }

    private static OutgoingResponse Of(ReadOnlySpan<ComponentValue> arguments) => arguments[0].AsResource<OutgoingResponse>();
}
