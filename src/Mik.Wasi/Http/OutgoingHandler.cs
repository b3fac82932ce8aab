using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Http.Outgoing;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>Sending requests. wit: wasi:http/outgoing-handler</summary>
internal static class OutgoingHandler
{
    public static WasiInterface Interface { get; } = new WasiInterface("wasi:http/outgoing-handler")
        .Func(
            "handle",
            Handle,
            Result(Own(FutureIncomingResponse.Type), HttpErrorCode.Type),
            new WitField("request", Own(OutgoingRequest.Type)),
            new WitField("options", Option(Own(RequestOptions.Type))));

    // wit: wasi:http/outgoing-handler#handle
    internal static ComponentValue Handle(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var context = WasiContext.Of(state);
        var request = arguments[0].AsResource<OutgoingRequest>();
        request.Take();
        var options = arguments[1].IsSome ? arguments[1].Payload.AsResource<RequestOptions>() : null;
        options?.Take();

        if (Check(request) is { } error)
        {
            return ComponentValue.Error(error.ToValue());
        }

        var uri = UriRules.Combine(request.Scheme ?? Uri.UriSchemeHttps, request.Authority!, request.PathWithQuery);
        if (uri is null)
        {
            return ComponentValue.Error(new HttpErrorCode(HttpErrorKind.HttpRequestUriInvalid).ToValue());
        }

        if (context.Exchanges >= context.Limits.MaxOutgoingRequests)
        {
            return ComponentValue.Error(new HttpErrorCode(HttpErrorKind.ConnectionLimitReached).ToValue());
        }

        request.Body?.Content.StartSending();
        var sent = new OutgoingHttpRequest
        {
            Method = request.Method,
            Uri = uri,
            Headers = Fields.Send(request.Headers),
            Body = request.Body?.Content,
            ConnectTimeout = RequestOptions.ToTimeout(options?.ConnectTimeout),
            FirstByteTimeout = RequestOptions.ToTimeout(options?.FirstByteTimeout),
        };
        var future = new FutureIncomingResponse(context, RequestOptions.ToTimeout(options?.BetweenBytesTimeout));
        return future.Send(context.OutgoingHttp, sent) is { } refused
            ? ComponentValue.Error(refused.ToValue())
            : ComponentValue.Ok(future.ToValue());
    }

    private static HttpErrorCode? Check(OutgoingRequest request) => request switch
    {
        { Scheme: not (null or "http" or "https") } => new HttpErrorCode(HttpErrorKind.HttpProtocolError),
        { Authority: null } => new HttpErrorCode(HttpErrorKind.HttpRequestUriInvalid),
        { Method: "CONNECT" } => new HttpErrorCode(HttpErrorKind.HttpRequestMethodInvalid),

        // Two lengths are two requests to whom believes the other one.
        _ when !Fields.HasOneLength(request.Headers) => new HttpErrorCode(HttpErrorKind.HttpProtocolError),
        _ => null,
    };
}
