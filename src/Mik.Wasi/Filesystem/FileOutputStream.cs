using Mik.Wasi.Io;

namespace Mik.Wasi.Filesystem;

/// <summary>Writes a file from an offset on, or at its end when there is none.</summary>
internal sealed class FileOutputStream(WasiContext context, OpenFile file, long? offset) : OutputStream(context)
{
    // What is written at once; there is always room for it.
    private const int WindowBytes = 64 * 1024;

    private long? _offset = offset;
    private bool _closed;

    public override bool IsReady => true;

    public override int CheckWrite(out StreamError? error)
    {
        error = _closed ? StreamError.Closed : null;
        return _closed ? 0 : WindowBytes;
    }

    public override StreamError? Write(ReadOnlySpan<byte> bytes)
    {
        if (_closed)
        {
            return StreamError.Closed;
        }

        while (!bytes.IsEmpty)
        {
            var failure = Posix.Write(file.Handle, bytes, _offset, out var count);
            if (failure != 0)
            {
                _closed = true;
                return StreamError.Failed(IoError.OfFile(Context, failure));
            }

            _offset += count;
            bytes = bytes[count..];
        }

        return null;
    }

    protected override void OnDrop() => file.Release();
}
