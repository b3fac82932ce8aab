using Microsoft.AspNetCore.Http;
using Mik.Server.Faults;

namespace Mik.Server.Execution;

/// <summary>
/// A client's request body on its way to a guest: counts what arrives, also when no length was declared, and turns everything that can
/// go wrong on the client's side into a fault. Used by one reader at a time.
/// </summary>
internal sealed class RequestBody(Stream inner, long maxBytes) : Stream
{
    private readonly CancellationTokenSource _failed = new();
    private long _received;
    private volatile bool _waiting;

    /// <summary>What went wrong while reading.</summary>
    public Fault? Fault { get; private set; }

    /// <summary>Fires when <see cref="Fault"/> is set.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Whether a read waits for the client at this moment.</summary>
    public bool IsWaitingForClient => _waiting;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The fault of a body larger than the limit.</summary>
    public static Fault TooLarge(long maxBytes) =>
        new(FaultKind.BodyTooLarge, $"The request body has more than {maxBytes} bytes, the most this server accepts.");

    /// <exception cref="FaultException">The body cannot be read to its end, because of the client.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            _waiting = true;
            var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _received += count;
            return _received <= maxBytes ? count : throw Fail(TooLarge(maxBytes));
        }
        catch (BadHttpRequestException malformed)
        {
            throw Fail(malformed.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLarge(maxBytes),
                StatusCodes.Status408RequestTimeout => new Fault(FaultKind.BodyTooSlow, "The request body did not arrive in time."),
                _ => new Fault(FaultKind.RequestMalformed, "The request body is not well-formed HTTP."),
            });
        }
        catch (IOException lost)
        {
            throw Fail(new Fault(FaultKind.ClientGone, "The client went away while it sent the request body.") { Cause = lost });
        }
        finally
        {
            _waiting = false;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Request bodies are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private FaultException Fail(Fault fault)
    {
        Fault ??= fault;
        _failed.Cancel();
        return new FaultException(Fault);
    }
}
