using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>
/// The content of a linear memory as a file in memory, mapped copy-on-write into any number of memories: a memory costs only the
/// pages it writes, and is set back by copying just those from the image. Linux only. Immutable and thread-safe.
/// </summary>
internal sealed unsafe partial class MemoryImage : IDisposable
{
    private const int PageSize = 4096;
    private const int ProtRead = 1;
    private const int ProtReadWrite = 3;
    private const int MapShared = 0x01;
    private const int MapPrivateFixedNoReserve = 0x02 | 0x10 | 0x4000;
    private const uint CloseOnExec = 1;

    private readonly int _file;
    private readonly nint _view;

    private MemoryImage(int file, nint view, nuint length)
    {
        _file = file;
        _view = view;
        Length = length;
    }

    ~MemoryImage() => Free();

    /// <summary>Bytes of memory the image covers; a multiple of the page size.</summary>
    public nuint Length { get; }

    /// <summary>Memories that are mapped from the image, clean, and wait for their next guest.</summary>
    public ConcurrentStack<MemoryReservation> Parked { get; } = new();

    /// <summary>Copies a memory's content; <see langword="null"/> where the system has no such files.</summary>
    public static MemoryImage? TryCreate(nint content, nuint length)
    {
        if (!OperatingSystem.IsLinux() || length == 0)
        {
            return null;
        }

        var file = CreateFile("mik-image", CloseOnExec);
        if (file < 0)
        {
            return null;
        }

        if (Truncate(file, (nint)length) == 0)
        {
            var view = Map(0, length, ProtReadWrite, MapShared, file, 0);
            if (view != -1)
            {
                CopyUsedPages(content, view, length);
                _ = Protect(view, length, ProtRead);
                return new MemoryImage(file, view, length);
            }
        }

        _ = Close(file);
        return null;
    }

    /// <summary>Maps the image at reserved pages; they read as the image and keep writes to themselves.</summary>
    public void MapAt(nint address)
    {
        if (Map(address, Length, ProtReadWrite, MapPrivateFixedNoReserve, _file, 0) == -1)
        {
            throw new ResourceExhaustedException("The system refused to map a guest's memory image.");
        }
    }

    /// <summary>Sets a mapping made by <see cref="MapAt"/> back to the image.</summary>
    public void ResetAt(nint address) => WrittenPages.Restore(address, Length, _view);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // Pages that are all zero stay holes of the file.
    private static void CopyUsedPages(nint content, nint view, nuint length)
    {
        for (nuint at = 0; at < length; at += PageSize)
        {
            var page = new ReadOnlySpan<byte>((void*)(content + (nint)at), PageSize);
            if (page.ContainsAnyExcept((byte)0))
            {
                page.CopyTo(new Span<byte>((void*)(view + (nint)at), PageSize));
            }
        }
    }

    // Mappings made from the file keep it alive by themselves.
    private void Free()
    {
        WarmMemories.Drain(Parked);
        _ = Unmap(_view, Length);
        _ = Close(_file);
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate")]
    private static partial int Truncate(int file, nint length);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
