using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>
/// Address space by the page. Reserved pages take no memory and fault when touched; committed pages are zero-filled, readable and
/// writable. Thread-safe.
/// </summary>
internal static unsafe partial class VirtualPages
{
    private const int ProtNone = 0;
    private const int ProtReadWrite = 3;
    private const int MapPrivate = 0x02;
    private const int MapFixed = 0x10;
    private const uint MemCommit = 0x1000;
    private const uint MemReserve = 0x2000;
    private const uint MemRelease = 0x8000;
    private const uint MemDecommit = 0x4000;
    private const uint PageReadWrite = 0x04;
    private const uint PageNoAccess = 0x01;

    // MAP_ANONYMOUS | MAP_NORESERVE; the values differ between Linux and macOS.
    private static readonly int MapReservation = OperatingSystem.IsMacOS() ? 0x1000 | 0x40 : 0x20 | 0x4000;

    /// <summary>Reserves <paramref name="length"/> bytes; returns 0 when the system refuses.</summary>
    public static nint Reserve(nuint length)
    {
        if (OperatingSystem.IsWindows())
        {
            return VirtualAlloc(0, length, MemReserve, PageNoAccess);
        }

        var address = Map(0, length, ProtNone, MapPrivate | MapReservation, -1, 0);
        return address == -1 ? 0 : address;
    }

    /// <summary>Makes reserved pages usable; <see langword="false"/> when the system is out of memory.</summary>
    public static bool Commit(nint address, nuint length) =>
        length == 0
        || (OperatingSystem.IsWindows()
            ? VirtualAlloc(address, length, MemCommit, PageReadWrite) != 0
            : Protect(address, length, ProtReadWrite) == 0);

    /// <summary>Gives pages back: their content is gone and touching them faults again.</summary>
    public static void Decommit(nint address, nuint length)
    {
        if (length == 0)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            VirtualFree(address, length, MemDecommit);
            return;
        }

        // A fresh mapping in place drops the content and the protection in one call.
        if (Map(address, length, ProtNone, MapPrivate | MapFixed | MapReservation, -1, 0) == -1)
        {
            throw new ResourceExhaustedException("The system refused to release guest memory.");
        }
    }

    /// <summary>Ends a reservation made by <see cref="Reserve"/>.</summary>
    public static void Release(nint address, nuint length)
    {
        if (OperatingSystem.IsWindows())
        {
            VirtualFree(address, 0, MemRelease);
        }
        else
        {
            _ = Unmap(address, length);
        }
    }

    /// <summary>Makes committed pages readable and executable instead of writable.</summary>
    public static bool MakeExecutable(nint address, nuint length) => Protect(address, length, 5) == 0;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise")]
    internal static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nuint length, uint type, uint protection);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(nint address, nuint length, uint type);
}
