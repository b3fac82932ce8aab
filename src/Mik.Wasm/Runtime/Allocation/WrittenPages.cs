using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>
/// Undoes what a guest wrote, page by page. Written pages are overwritten in place, since a dropped page faults again at its next use,
/// which costs ten times the copy (measured: 4-9 µs against 50-120 µs for a QuickJS request). Only the first
/// <see cref="MaxResident"/> are kept that way, so that one greedy guest does not make a memory expensive for ever.
/// </summary>
internal static unsafe partial class WrittenPages
{
    /// <summary>1 MiB: ten times what ordinary requests write.</summary>
    public const int MaxResident = 256;

    private const nuint PageSize = 4096;

    /// <summary>Makes pages read as zero again. <see cref="PageScan"/> must be available.</summary>
    public static void Zero(nint address, nuint length)
    {
        var resident = (nuint)0;
        var scan = new PageScan(address, length);
        while (scan.Next(out var start, out var run))
        {
            var kept = Math.Min(run, (MaxResident - Math.Min(resident, MaxResident)) * PageSize);

            // Safe because the scan reports ranges inside the given one, which is committed.
            NativeMemory.Clear((void*)start, kept);
            Drop(start + (nint)kept, run - kept);
            resident += kept / PageSize;
        }
    }

    /// <summary>Makes pages read as <paramref name="original"/>, of which they are a private mapping, again.</summary>
    public static void Restore(nint address, nuint length, nint original)
    {
        if (!PageScan.IsAvailable)
        {
            Drop(address, length);
            return;
        }

        var resident = (nuint)0;
        var scan = new PageScan(address, length);
        while (scan.Next(out var start, out var run))
        {
            var kept = Math.Min(run, (MaxResident - Math.Min(resident, MaxResident)) * PageSize);

            // Safe because the scan reports ranges inside the mapping, which is as long as the original.
            Buffer.MemoryCopy((void*)(original + (start - address)), (void*)start, kept, kept);
            Drop(start + (nint)kept, run - kept);
            resident += kept / PageSize;
        }
    }

    // Private pages, once dropped, read as what lies below them again: the file of the mapping, or zero.
    private static void Drop(nint address, nuint length)
    {
        const int DontNeed = 4;
        if (length > 0 && Advise(address, length, DontNeed) != 0)
        {
            throw new ResourceExhaustedException("The system refused to reset a guest's memory.");
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
