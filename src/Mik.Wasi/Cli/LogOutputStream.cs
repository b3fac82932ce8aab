using Mik.Wasi.Io;

namespace Mik.Wasi.Cli;

/// <summary>Standard output or error, as the guest holds it. Several handles of one output share its lines.</summary>
internal sealed class LogOutputStream(WasiContext context, GuestOutput output) : OutputStream(context)
{
    // As much as any libc buffers before it writes.
    private const int WindowBytes = 64 * 1024;

    public override bool IsReady => true;

    public override int CheckWrite(out StreamError? error)
    {
        error = null;
        return WindowBytes;
    }

    public override StreamError? Write(ReadOnlySpan<byte> bytes)
    {
        Context.LinesOf(output)?.Write(bytes);
        return null;
    }
}
