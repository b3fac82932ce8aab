using Mik.Wasi.Io;

namespace Mik.Wasi.Filesystem;

/// <summary>Reads a file from an offset on, whatever else reads or writes it. Disks do not keep guests waiting in WASI's sense.</summary>
internal sealed class FileInputStream(WasiContext context, OpenFile file, long offset) : InputStream(context)
{
    private byte[] _buffer = [];
    private long _offset = offset;
    private bool _closed;

    public override bool IsReady => true;

    public override void Arm()
    {
    }

    public override ReadOnlyMemory<byte> Read(int max, out StreamError? error)
    {
        error = _closed ? StreamError.Closed : null;
        if (_closed || max == 0)
        {
            return default;
        }

        if (_buffer.Length < max)
        {
            Charge(max - _buffer.Length);
            _buffer = new byte[max];
        }

        var failure = Posix.Read(file.Handle, _buffer.AsSpan(0, max), _offset, out var count);
        _closed = failure != 0 || count == 0;
        error = failure != 0 ? StreamError.Failed(IoError.OfFile(Context, failure)) : _closed ? StreamError.Closed : null;
        _offset += count;
        return _buffer.AsMemory(0, count);
    }

    protected override void OnDrop() => file.Release();
}
