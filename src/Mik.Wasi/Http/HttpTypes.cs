using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>Requests, responses and what they are made of; each resource has a file of its own. wit: wasi:http/types</summary>
internal static class HttpTypes
{
    public static WasiInterface Interface { get; } = Define();

    // wit: wasi:http/types#http-error-code
    internal static ComponentValue HttpErrorCodeOf(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        arguments[0].AsResource<IoError>().Http is { } code ? ComponentValue.Some(code.ToValue()) : ComponentValue.None;

    private static WasiInterface Define()
    {
        var types = new WasiInterface("wasi:http/types")
            .Func("http-error-code", HttpErrorCodeOf, Option(HttpErrorCode.Type), new WitField("err", Borrow(IoError.Type)));
        Fields.Define(types);
        IncomingRequest.Define(types);
        OutgoingRequest.Define(types);
        RequestOptions.Define(types);
        ResponseOutparam.Define(types);
        IncomingResponse.Define(types);
        IncomingBody.Define(types);
        FutureTrailers.Define(types);
        OutgoingResponse.Define(types);
        OutgoingBody.Define(types);
        FutureIncomingResponse.Define(types);
        return types;
    }
}
