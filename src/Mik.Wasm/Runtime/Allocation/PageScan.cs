using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>
/// Finds the pages of a private file mapping that were written since it was made, through Linux's PAGEMAP_SCAN (6.7 and later).
/// </summary>
internal unsafe ref partial struct PageScan
{
    private const nuint ScanRequest = 0xC0606610;
    private const ulong CategoryFile = 1 << 2;
    private const ulong CategoryPresent = 1 << 3;
    private const ulong CategorySwapped = 1 << 4;

    // A script's request leaves about forty runs of pages, and every call costs a microsecond.
    private const int RegionsPerCall = 96;

    private static readonly int PageMap = OperatingSystem.IsLinux() ? OpenFile("/proc/self/pagemap", 0x80000) : -1;
    private static readonly Lazy<bool> Works = new(Test);

    private readonly nint _end;
    private nint _position;
    private int _next;
    private int _count;
    private Regions _regions;

    public PageScan(nint address, nuint length)
    {
        _position = address;
        _end = address + (nint)length;
    }

    /// <summary>Whether this kernel has the call and lets us use it; some containers forbid it.</summary>
    public static bool IsAvailable => Works.Value;

    /// <summary>The next run of written pages, in ascending order; <see langword="false"/> after the last.</summary>
    public bool Next(out nint start, out nuint length)
    {
        while (_next == _count)
        {
            if (_position >= _end)
            {
                start = 0;
                length = 0;
                return false;
            }

            if (!Fill())
            {
                throw new ResourceExhaustedException("The system refused to say which pages a guest wrote.");
            }
        }

        var region = _regions[_next++];
        start = (nint)region.Start;
        length = (nuint)(region.End - region.Start);
        return true;
    }

    private static bool Test()
    {
        if (PageMap < 0)
        {
            return false;
        }

        var page = VirtualPages.Reserve(4096);
        var scan = new PageScan(page, 4096);
        var works = page != 0 && VirtualPages.Commit(page, 4096) && scan.Fill() && scan._count == 0;
        if (works)
        {
            *(byte*)page = 1;
            scan = new PageScan(page, 4096);
            works = scan.Fill() && scan._count == 1;
        }

        VirtualPages.Release(page, 4096);
        return works;
    }

    // One call reports up to a buffer of regions and where it stopped; the loop in Next goes on from there.
    private bool Fill()
    {
        fixed (Region* vector = &_regions[0])
        {
            var request = new Request
            {
                Size = (ulong)sizeof(Request),
                Start = (ulong)_position,
                End = (ulong)_end,
                Vector = (ulong)vector,
                VectorLength = RegionsPerCall,
                CategoryInverted = CategoryFile,
                CategoryMask = CategoryFile,
                CategoryAnyOf = CategoryPresent | CategorySwapped,
                ReturnMask = CategoryFile | CategoryPresent | CategorySwapped,
            };
            _next = 0;
            _count = 0;
            var found = Control(PageMap, ScanRequest, &request);
            if (found < 0)
            {
                return false;
            }

            _count = found;
            _position = (nint)request.WalkEnd;
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int file, nuint request, void* argument);

    // struct page_region of linux/fs.h.
    private struct Region
    {
        public ulong Start;
        public ulong End;
        public ulong Categories;
    }

    [System.Runtime.CompilerServices.InlineArray(RegionsPerCall)]
    private struct Regions
    {
        private Region _first;
    }

    // struct pm_scan_arg of linux/fs.h.
    private struct Request
    {
        public ulong Size;
        public ulong Flags;
        public ulong Start;
        public ulong End;
        public ulong WalkEnd;
        public ulong Vector;
        public ulong VectorLength;
        public ulong MaxPages;
        public ulong CategoryInverted;
        public ulong CategoryMask;
        public ulong CategoryAnyOf;
        public ulong ReturnMask;
    }
}
