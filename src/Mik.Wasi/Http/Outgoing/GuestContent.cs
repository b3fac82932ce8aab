using System.Net;

namespace Mik.Wasi.Http.Outgoing;

/// <summary>A guest's body as .NET sends it.</summary>
internal sealed class GuestContent(GuestBody body) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        body.CopyToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = body.CompleteLength ?? 0;
        return body.CompleteLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        // Whatever the guest still writes has nowhere to go, and must not wait.
        body.Stop();
        base.Dispose(disposing);
    }
}
