using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>
/// The page faults of one thread, as Linux counts them. The first write to a page that is not private to the process yet takes one,
/// whoever writes; so a guest whose thread took none wrote no page that was not private before. Used by its thread only.
/// </summary>
// spec: getrusage(2), RUSAGE_THREAD
internal sealed unsafe partial class FaultCount
{
    private const int ThisThread = 1;

    private static readonly Lazy<bool> Works = new(Test);

    [ThreadStatic]
    private static FaultCount? _current;

    private long _faults = -1;
    private uint _changes;

    private FaultCount()
    {
    }

    /// <summary>Whether the system counts faults thread by thread.</summary>
    public static bool IsAvailable => Works.Value;

    /// <summary>The calling thread's.</summary>
    public static FaultCount OfThread => _current ??= new FaultCount();

    /// <summary>
    /// How often <see cref="Look"/> has found the count changed. What is read here before some work, and is what <see cref="Look"/> returns
    /// after it, says that there was no fault in between; a fault before the work may be taken for one of it.
    /// </summary>
    public uint Changes => _changes;

    /// <summary>Looks at the count; returns <see cref="Changes"/>.</summary>
    public uint Look()
    {
        // Major faults count, too: what is read from a swap device may be a private page or a shared one.
        var usage = default(Usage);
        var faults = GetUsage(ThisThread, &usage) == 0 ? usage.MinorFaults + usage.MajorFaults : _faults - 1;
        if (faults != _faults)
        {
            _faults = faults;
            _changes++;
        }

        return _changes;
    }

    // Some sandboxes have the call and always answer zero.
    private static bool Test()
    {
        if (!OperatingSystem.IsLinux() || nint.Size != sizeof(long))
        {
            return false;
        }

        const int PageSize = 4096;
        const int Pages = 4;
        var page = VirtualPages.Reserve(Pages * PageSize);
        var works = page != 0 && VirtualPages.Commit(page, Pages * PageSize);
        var count = new FaultCount();
        for (var i = 0; works && i < Pages; i++)
        {
            // A page that was read before shares the system's page of zeros until it is written.
            _ = Volatile.Read(ref *(byte*)(page + (i * PageSize)));
            var before = count.Look();
            Volatile.Write(ref *(byte*)(page + (i * PageSize)), 1);
            works = count.Look() != before;
        }

        if (page != 0)
        {
            VirtualPages.Release(page, Pages * PageSize);
        }

        return works;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, Usage* usage);

    // struct rusage: two times of 16 bytes, then 14 numbers, of which the fifth and the sixth are wanted.
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    private struct Usage
    {
        [FieldOffset(64)]
        public long MinorFaults;

        [FieldOffset(72)]
        public long MajorFaults;
    }
}
