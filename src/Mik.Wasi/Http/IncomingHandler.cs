using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>How components of any language answer: with resources, streaming. wit: wasi:http/incoming-handler</summary>
internal sealed class IncomingHandler() : HandlerContract(
    "wasi:http/incoming-handler@0.2.0",
    ComponentFuncType.Of(
        null,
        new WitField("request", Own(IncomingRequest.Type)),
        new WitField("response-out", Own(ResponseOutparam.Type))))
{
    // wit: wasi:http/incoming-handler#handle
    protected override void Handle(ComponentFunc function, WasiContext context, IncomingHttpRequest request, HandlerRun run) =>
        function.Call(new IncomingRequest(context, request).ToValue(), new ResponseOutparam(context, run).ToValue());
}
