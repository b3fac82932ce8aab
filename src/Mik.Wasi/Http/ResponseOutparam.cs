using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>Where the guest puts its answer, once. wit: wasi:http/types#response-outparam</summary>
internal sealed class ResponseOutparam(WasiContext context, HandlerRun run) : GuestResource(context)
{
    public static HostResourceType Type { get; } = TypeOf("response-outparam");

    public static void Define(WasiInterface target) => target
        .Resource(Type)
        .Func(
            "[method]response-outparam.send-informational",
            SendInformational,
            Result(null, HttpErrorCode.Type),
            new WitField("self", Borrow(Type)),
            new WitField("status", U16),
            new WitField("headers", Own(Fields.Type)))
        .Func(
            "[static]response-outparam.set",
            Set,
            null,
            new WitField("param", Own(Type)),
            new WitField("response", Result(Own(OutgoingResponse.Type), HttpErrorCode.Type)));

    // wit: wasi:http/types#response-outparam.send-informational
    internal static ComponentValue SendInformational(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        arguments[2].AsResource<Fields>().Take();
        var error = arguments[1].AsU32 is < 100 or > 199
            ? new HttpErrorCode(HttpErrorKind.HttpProtocolError)
            : HttpErrorCode.Internal("informational responses are not supported");
        return ComponentValue.Error(error.ToValue());
    }

    // wit: wasi:http/types#response-outparam.set
    internal static ComponentValue Set(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var outparam = arguments[0].AsResource<ResponseOutparam>();
        outparam.Take();
        var answer = arguments[1];
        if (answer.Case == 0)
        {
            var response = answer.Payload.AsResource<OutgoingResponse>();
            response.Take();
            outparam.Run.Start(response.Send());
        }
        else
        {
            outparam.Run.Refuse(HttpErrorCode.FromValue(answer.Payload));
        }

        return default;
    }

    private HandlerRun Run => run;
}
