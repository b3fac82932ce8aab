using Microsoft.Win32.SafeHandles;

namespace Mik.Wasi.Filesystem;

/// <summary>
/// A file or directory of the host that a guest has open. Descriptors and the streams made from them share it; the last one to let go
/// closes it. Used by the guest's thread alone.
/// </summary>
internal sealed class OpenFile
{
    private readonly WasiContext _context;
    private int _users = 1;

    private OpenFile(WasiContext context, SafeFileHandle handle)
    {
        _context = context;
        Handle = handle;
        context.OpenFiles++;
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Takes over a handle; <see langword="null"/> after closing it when the guest has as many as it may.</summary>
    public static OpenFile? TryAdopt(WasiContext context, SafeFileHandle handle)
    {
        if (context.OpenFiles < context.Limits.MaxOpenFiles)
        {
            return new OpenFile(context, handle);
        }

        handle.Dispose();
        return null;
    }

    public OpenFile Share()
    {
        _users++;
        return this;
    }

    public void Release()
    {
        if (--_users == 0)
        {
            _context.OpenFiles--;
            Handle.Dispose();
        }
    }
}
