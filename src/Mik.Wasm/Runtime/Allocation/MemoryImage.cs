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
    private const int MapPrivateFixedNoReserve = 0x02 | 0x10 | 0x4000;
    private const int MapPopulate = 0x8000;
    private const int PopulateWrite = 23;
    private const uint CloseOnExec = 1;

    // Shorter stretches of zeros stay in the file: each stretch outside of it is one more mapping in every memory.
    private const nuint MinHole = 16 * PageSize;

    private readonly int _file;
    private readonly (nuint Start, nuint Length)[] _content;
    private readonly nint _view;

    // What the first guest wrote: the next will write much the same.
    private WrittenPages.Run[]? _usuallyWritten; // in offsets

    private MemoryImage(int file, (nuint Start, nuint Length)[] content, nuint length)
    {
        _file = file;
        _content = content;
        Length = length;
        _view = VirtualPages.Reserve(length);
        if (_view == 0)
        {
            throw new ResourceExhaustedException("The system has no address space left for a memory image.");
        }

        MapContent(_view, ProtRead, MapPopulate);
    }

    ~MemoryImage() => Free();

    /// <summary>Bytes of memory the image covers; a multiple of the page size.</summary>
    public nuint Length { get; }

    /// <summary>Memories that are mapped from the image, clean, and wait for their next guest.</summary>
    public IdlePool<MemoryReservation> Parked { get; } = WarmMemories.CreatePool();

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

        var runs = ContentRuns(content, length);
        if (Truncate(file, (nint)length) == 0 && runs.All(run => TryWrite(file, content, run.Start, run.Length)))
        {
            return new MemoryImage(file, runs, length);
        }

        _ = Close(file);
        return null;
    }

    /// <summary>Maps the image at reserved pages; they read as the image and keep writes to themselves.</summary>
    public void MapAt(nint address)
    {
        // What is zero is not mapped from the file. There the kernel would give the file a page for every page that any guest touches,
        // and keep it for as long as the file lives: a script that fills its memory once would leave all of it behind, in no process's
        // account.
        if (!VirtualPages.Commit(address, Length))
        {
            throw Refused();
        }

        MapContent(address, ProtReadWrite, flags: 0);
        foreach (var (start, length) in _usuallyWritten ?? [])
        {
            // All at once instead of by a fault for each. A page that is read first and then written even interrupts every processor, to
            // flush its address cache: a third of the time of a thousand scripts that start together. Older kernels than 5.14 decline.
            _ = VirtualPages.Advise(address + start, length, PopulateWrite);
        }
    }

    /// <summary>
    /// Sets a mapping made by <see cref="MapAt"/> back to the image. Returns the pages that have a copy of their own there, in offsets: as
    /// long as no other page is written, <see cref="Restore(nint, ReadOnlySpan{WrittenPages.Run})"/> of these does the same without asking the system.
    /// </summary>
    public WrittenPages.Run[] ResetAt(nint address)
    {
        if (!WrittenPages.TryFind(address, Length, stackalloc WrittenPages.Run[WrittenPages.MaxResident], out var written))
        {
            WrittenPages.Drop(address, Length);
            return [];
        }

        var runs = new WrittenPages.Run[written.Runs.Length];
        for (var i = 0; i < runs.Length; i++)
        {
            runs[i] = new WrittenPages.Run(written.Runs[i].Start - address, written.Runs[i].Length);
        }

        Restore(address, runs);
        if (runs.Length > 0)
        {
            _usuallyWritten ??= runs;
        }

        return runs;
    }

    /// <summary>Copies stretches of the image, given in offsets, into a mapping made by <see cref="MapAt"/>.</summary>
    public void Restore(nint address, ReadOnlySpan<WrittenPages.Run> runs)
    {
        foreach (var run in runs)
        {
            Restore(address, (nuint)run.Start, run.Length);
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void MapContent(nint address, int protection, int flags)
    {
        foreach (var (start, length) in _content)
        {
            if (Map(address + (nint)start, length, protection, MapPrivateFixedNoReserve | flags, _file, (nint)start) == -1)
            {
                throw Refused();
            }
        }
    }

    // Safe because the range lies in the mapping, and content only in the file's part of the view.
    private void Restore(nint address, nuint start, nuint length)
    {
        var end = start + length;
        foreach (var (contentStart, contentLength) in _content)
        {
            var from = Math.Clamp(contentStart, start, end);
            var to = Math.Clamp(contentStart + contentLength, start, end);
            NativeMemory.Clear((void*)(address + (nint)start), from - start);
            NativeMemory.Copy((void*)(_view + (nint)from), (void*)(address + (nint)from), to - from);
            start = to;
        }

        NativeMemory.Clear((void*)(address + (nint)start), end - start);
    }

    private static ResourceExhaustedException Refused() => new("The system refused to map a guest's memory image.");

    /// <summary>Stretches of pages that are not all zero, in ascending order, without long holes in them.</summary>
    public static (nuint Start, nuint Length)[] ContentRuns(nint content, nuint length)
    {
        var runs = new List<(nuint Start, nuint Length)>();
        for (nuint at = 0; at < length; at += PageSize)
        {
            if (!new ReadOnlySpan<byte>((void*)(content + (nint)at), PageSize).ContainsAnyExcept((byte)0))
            {
                continue;
            }

            if (runs is [.., var (start, reach)] && at - (start + reach) < MinHole)
            {
                runs[^1] = (start, at + PageSize - start);
            }
            else
            {
                runs.Add((at, PageSize));
            }
        }

        return [.. runs];
    }

    private static bool TryWrite(int file, nint content, nuint start, nuint length)
    {
        while (length > 0)
        {
            var written = Write(file, (void*)(content + (nint)start), length, (nint)start);
            if (written <= 0)
            {
                return false;
            }

            start += (nuint)written;
            length -= (nuint)written;
        }

        return true;
    }

    // Mappings made from the file keep it alive by themselves.
    private void Free()
    {
        Parked.Dispose();
        if (_view != 0)
        {
            VirtualPages.Release(_view, Length);
        }

        _ = Close(_file);
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate")]
    private static partial int Truncate(int file, nint length);

    [LibraryImport("libc", EntryPoint = "pwrite")]
    private static partial nint Write(int file, void* bytes, nuint length, nint offset);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
