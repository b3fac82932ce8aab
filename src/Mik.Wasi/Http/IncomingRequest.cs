using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>The request the guest answers. wit: wasi:http/types#incoming-request</summary>
internal sealed class IncomingRequest(WasiContext context, IncomingHttpRequest request) : GuestResource(context)
{
    private List<Fields.Field>? _headers; // made when they are asked for
    private bool _consumed;

    public static HostResourceType Type { get; } = TypeOf("incoming-request");

    private IncomingHttpRequest Request => request;

    public static void Define(WasiInterface target)
    {
        var self = new WitField("self", Borrow(Type));
        target
            .Resource(Type)
            .Func("[method]incoming-request.method", Method, HttpMethods.Method, self)
            .Func("[method]incoming-request.path-with-query", PathWithQuery, Option(WitType.String), self)
            .Func("[method]incoming-request.scheme", Scheme, Option(HttpMethods.Scheme), self)
            .Func("[method]incoming-request.authority", Authority, Option(WitType.String), self)
            .Func("[method]incoming-request.headers", Headers, Own(Fields.Type), self)
            .Func("[method]incoming-request.consume", Consume, Result(Own(IncomingBody.Type), null), self);
    }

    // wit: wasi:http/types#incoming-request.method
    internal static ComponentValue Method(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        HttpMethods.MethodToValue(Of(arguments).Request.Method);

    // wit: wasi:http/types#incoming-request.path-with-query
    internal static ComponentValue PathWithQuery(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.Some(ComponentValue.String(Of(arguments).Request.PathWithQuery));

    // wit: wasi:http/types#incoming-request.scheme
    internal static ComponentValue Scheme(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.Some(HttpMethods.SchemeToValue(Of(arguments).Request.Scheme));

    // wit: wasi:http/types#incoming-request.authority
    internal static ComponentValue Authority(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        Of(arguments).Request.Authority is { } authority ? ComponentValue.Some(ComponentValue.String(authority)) : ComponentValue.None;

    // wit: wasi:http/types#incoming-request.headers
    internal static ComponentValue Headers(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        return Fields.ViewOf(self, self._headers ??= Fields.Receive(self.Request.Headers)).ToValue();
    }

    // wit: wasi:http/types#incoming-request.consume
    internal static ComponentValue Consume(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var self = Of(arguments);
        if (self._consumed)
        {
            return ComponentValue.Error();
        }

        self._consumed = true;
        var content = new IncomingContent
        {
            Source = self.Request.Body,
            Trailers = self.Request.Trailers,
            Explain = static failure => failure is OperationCanceledException
                ? new HttpErrorCode(HttpErrorKind.ConnectionTerminated)
                : HttpErrorCode.Internal("the request's body could not be read"),
        };
        return ComponentValue.Ok(new IncomingBody(self.Context, content).ToValue());
    }

    private static IncomingRequest Of(ReadOnlySpan<ComponentValue> arguments) => arguments[0].AsResource<IncomingRequest>();
}
