using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Http;

/// <summary>What the guest receives after the headers. wit: wasi:http/types#incoming-body</summary>
internal sealed class IncomingBody(WasiContext context, IncomingContent content) : GuestResource(context)
{
    private InputStream? _stream;

    public static HostResourceType Type { get; } = TypeOf("incoming-body");

    public static void Define(WasiInterface target) => target
        .Resource(Type)
        .Func("[method]incoming-body.stream", Stream, Result(Own(InputStream.Type), null), new WitField("self", Borrow(Type)))
        .Func("[static]incoming-body.finish", Finish, Own(FutureTrailers.Type), new WitField("this", Own(Type)));

    // wit: wasi:http/types#incoming-body.stream
    internal static ComponentValue Stream(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var body = arguments[0].AsResource<IncomingBody>();
        return body._stream is not null ? ComponentValue.Error() : ComponentValue.Ok(body.Open().ToValue());
    }

    // wit: wasi:http/types#incoming-body.finish
    internal static ComponentValue Finish(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var body = arguments[0].AsResource<IncomingBody>();
        body.Take();
        return new FutureTrailers(body.Context, body.Content).ToValue();
    }

    protected override void OnDrop() => content.Release();

    private IncomingContent Content => content;

    private InputStream Open() => _stream = content.Source is { } source
        ? new SourceInputStream(Context, this, source, content.ReadTimeout, content.Explain, pending => content.UnfinishedRead = pending)
        : new EmptyInputStream(Context, this);
}
