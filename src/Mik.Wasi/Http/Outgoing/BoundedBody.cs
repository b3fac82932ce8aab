namespace Mik.Wasi.Http.Outgoing;

/// <summary>A response's body that fails once it is larger than it may be. Read by one reader at a time.</summary>
internal sealed class BoundedBody(Stream inner, long maxBytes) : Stream
{
    private long _received;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What a guest is told about a body that is too large.</summary>
    public static HttpErrorCode TooLarge(long? bytes) => new(HttpErrorKind.HttpResponseBodySize, null, (ulong?)bytes);

    /// <exception cref="IOException">The other side failed, or sent too much; then the cause says so in WASI's words.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _received += count;
        return _received <= maxBytes
            ? count
            : throw new IOException("the response is too large", new OutgoingHttpException(TooLarge(null)));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
