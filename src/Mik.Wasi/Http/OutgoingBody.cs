using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>What the guest sends after the headers. wit: wasi:http/types#outgoing-body</summary>
internal sealed class OutgoingBody(WasiContext context, bool ofRequest, long? contentLength) : GuestResource(context)
{
    private bool _streamTaken;

    public static HostResourceType Type { get; } = TypeOf("outgoing-body");

    public GuestBody Content { get; } = new(context.Limits, context.WakeUp, context.Budget);

    public long Written { get; private set; }

    /// <summary>How much the headers announce.</summary>
    public long? ContentLength => contentLength;

    public static void Define(WasiInterface target) => target
        .Resource(Type)
        .Func("[method]outgoing-body.write", Write, Result(Own(OutputStream.Type), null), new WitField("self", Borrow(Type)))
        .Func(
            "[static]outgoing-body.finish",
            Finish,
            Result(null, HttpErrorCode.Type),
            new WitField("this", Own(Type)),
            new WitField("trailers", Option(Own(Fields.Type))));

    public HttpErrorCode SizeError() =>
        new(ofRequest ? HttpErrorKind.HttpRequestBodySize : HttpErrorKind.HttpResponseBodySize, null, (ulong)Written);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Written += bytes.Length;
        Content.Write(bytes);
    }

    // wit: wasi:http/types#outgoing-body.write
    internal static ComponentValue Write(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var body = arguments[0].AsResource<OutgoingBody>();
        if (body._streamTaken)
        {
            return ComponentValue.Error();
        }

        body._streamTaken = true;
        return ComponentValue.Ok(new OutgoingBodyStream(body).ToValue());
    }

    // wit: wasi:http/types#outgoing-body.finish
    internal static ComponentValue Finish(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var body = arguments[0].AsResource<OutgoingBody>();
        body.Take();
        var trailers = arguments[1].IsSome ? arguments[1].Payload.AsResource<Fields>() : null;
        trailers?.Take();
        if (body.ContentLength is { } announced && announced != body.Written)
        {
            body.Content.Abort($"the guest announced {announced} bytes and wrote {body.Written}");
            return ComponentValue.Error(body.SizeError().ToValue());
        }

        body.Content.Complete(trailers is null ? [] : Fields.Send(trailers.Entries));
        return ComponentValue.Ok();
    }

    /// <summary>
    /// Dropped without being finished, which WIT calls corrupted. That is taken at its word only where something would be
    /// missing: widely used guests never finish the empty body of an error response.
    /// </summary>
    protected override void OnDrop()
    {
        var whole = ContentLength is { } announced ? announced == Written : Written == 0;
        if (whole && !Context.HasFailed)
        {
            Content.Complete([]);
        }
        else
        {
            Content.Abort("the guest did not finish the body");
        }
    }
}
