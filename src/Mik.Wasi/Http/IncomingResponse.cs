using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Http.Outgoing;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>The answer to a request of the guest. wit: wasi:http/types#incoming-response</summary>
internal sealed class IncomingResponse(WasiContext context, OutgoingHttpResponse response, TimeSpan? betweenBytes, ExchangeSlot slot)
    : GuestResource(context)
{
    private readonly List<Fields.Field> _headers = Fields.Receive(response.Headers);
    private bool _consumed;

    public static HostResourceType Type { get; } = TypeOf("incoming-response");

    private OutgoingHttpResponse Response => response;

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        target
            .Resource(Type)
            .Func("[method]incoming-response.status", Status, U16, self)
            .Func("[method]incoming-response.headers", Headers, Own(Fields.Type), self)
            .Func("[method]incoming-response.consume", Consume, Result(Own(IncomingBody.Type), null), self);
    }

    // wit: wasi:http/types#incoming-response.status
    internal static ComponentValue Status(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.U32((uint)Of(arguments).Response.Status);

    // wit: wasi:http/types#incoming-response.headers
    internal static ComponentValue Headers(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        return Fields.ViewOf(self, self._headers).ToValue();
    }

    // wit: wasi:http/types#incoming-response.consume
    internal static ComponentValue Consume(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        if (self._consumed)
        {
            return ComponentValue.Error();
        }

        self._consumed = true;
        return ComponentValue.Ok(new IncomingBody(self.Context, self.Content()).ToValue());
    }

    /// <summary>The body outlives the response once the guest has it.</summary>
    protected override void OnDrop()
    {
        if (!_consumed)
        {
            response.Dispose();
            slot.Dispose();
        }
    }

    private static IncomingResponse Of(ReadOnlySpan<ComponentValue> arguments) => arguments[0].AsResource<IncomingResponse>();

    private IncomingContent Content() => new()
    {
        Source = response.Body,
        ReadTimeout = betweenBytes,
        Explain = response.Explain,
        Trailers = response.Trailers,
        OnRelease = () =>
        {
            response.Dispose();
            slot.Dispose();
        },
    };
}
