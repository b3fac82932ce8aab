using Mik.Wasi.Io;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Http;

/// <summary>The writing end of a body. wit: wasi:io/streams#output-stream</summary>
internal sealed class OutgoingBodyStream(OutgoingBody body) : OutputStream(body.Context, body)
{
    public override bool IsReady => body.Content.Room is not 0 || !body.Content.IsSending;

    public override int CheckWrite(out StreamError? error)
    {
        error = null;
        switch (body.Content.Room)
        {
            case null:
                error = StreamError.Closed;
                return 0;
            case 0 when !body.Content.IsSending:
                // Waiting would be forever: nobody reads what is not on its way, and the guest is busy writing.
                throw new TrapException(
                    TrapCode.HostRefused, $"a body of more than {Context.Limits.MaxUnsentBodyBytes} bytes before it could be sent");
            case { } room:
                return room;
        }
    }

    public override StreamError? Write(ReadOnlySpan<byte> bytes)
    {
        if (body.Content.Room is null)
        {
            return StreamError.Closed;
        }

        if (body.ContentLength is { } announced && body.Written + bytes.Length > announced)
        {
            var code = body.SizeError();
            body.Content.Abort($"the guest announced {announced} bytes and wrote more");
            return StreamError.Failed(new IoError(Context, code.ToString(), code));
        }

        body.Append(bytes);
        return null;
    }
}
