using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Mik.Wasi.Filesystem;

/// <summary>
/// The calls of the C library that take directories as handles, which .NET does not offer: only with them can a path be followed so that
/// nobody exchanges a part of it in between. Linux on x86-64 and 64-bit ARM. Everything returns the error, 0 for none.
/// </summary>
internal static class Posix
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NoTerminal = 0x100;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlocking = 0x800;
    public const int DataSync = 0x1000;
    public const int FileSync = 0x101000;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;

    public const int RemoveDirectory = 0x200;

    private const int CurrentDirectory = -100;
    private const int NoFollowAtAll = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7FF;
    private const int MostLinkBytes = 4096;

    // Permissions of what guests create, before the process's mask.
    private const uint FileMode = 0x1B6;
    private const uint DirectoryMode = 0x1FF;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Whether these calls are there, with the numbers above.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public static int Directory { get; } = IsArm ? 0x4000 : 0x10000;

    public static int NoFollow { get; } = IsArm ? 0x8000 : 0x20000;

    /// <summary>Opens a path of the host's own.</summary>
    public static int Open(string path, int flags, out SafeFileHandle file) => Opened(OpenAtCall(CurrentDirectory, Zero(path), flags | CloseOnExec, 0), out file);

    /// <summary>Opens a name in a directory.</summary>
    public static int OpenAt(SafeFileHandle directory, string name, int flags, out SafeFileHandle file)
    {
        while (true)
        {
            var error = Opened(OpenAtCall(Number(directory), Zero(name), flags | CloseOnExec, FileMode), out file);
            if (error != Errno.Interrupted)
            {
                return error;
            }
        }
    }

    /// <summary>Opens once more what is open, with a position of its own.</summary>
    public static int Reopen(SafeFileHandle file, int flags, out SafeFileHandle again) => Open($"/proc/self/fd/{Number(file)}", flags, out again);

    public static int Stat(SafeFileHandle file, out FileStat stat) => Stat(file, "", EmptyPath, out stat);

    public static int StatAt(SafeFileHandle directory, string name, out FileStat stat) => Stat(directory, name, 0, out stat);

    /// <summary>What a symbolic link contains; <see cref="Errno.Invalid"/> when the name is none.</summary>
    public static int ReadLinkAt(SafeFileHandle directory, string name, out byte[] target)
    {
        var buffer = new byte[MostLinkBytes];
        var length = ReadLinkCall(Number(directory), Zero(name), buffer, buffer.Length);
        target = length < 0 ? [] : buffer[..(int)length];
        return length < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    public static int MakeDirectoryAt(SafeFileHandle directory, string name) => Error(MakeDirectoryCall(Number(directory), Zero(name), DirectoryMode));

    public static int UnlinkAt(SafeFileHandle directory, string name, int flags) => Error(UnlinkCall(Number(directory), Zero(name), flags));

    public static int RenameAt(SafeFileHandle from, string oldName, SafeFileHandle to, string newName) =>
        Error(RenameCall(Number(from), Zero(oldName), Number(to), Zero(newName)));

    public static int LinkAt(SafeFileHandle from, string oldName, SafeFileHandle to, string newName) =>
        Error(LinkCall(Number(from), Zero(oldName), Number(to), Zero(newName), 0));

    public static int SymbolicLinkAt(string target, SafeFileHandle directory, string name) =>
        Error(SymbolicLinkCall(Zero(target), Number(directory), Zero(name)));

    public static int SetTimesAt(SafeFileHandle directory, string name, FileTime accessed, FileTime modified) =>
        Error(SetTimesAtCall(Number(directory), Zero(name), [accessed, modified], NoFollowAtAll));

    public static int SetTimes(SafeFileHandle file, FileTime accessed, FileTime modified) => Error(SetTimesCall(Number(file), [accessed, modified]));

    public static int SetSize(SafeFileHandle file, long size) => Error(SetSizeCall(Number(file), size));

    public static int Sync(SafeFileHandle file, bool dataOnly) => Error(dataOnly ? SyncDataCall(Number(file)) : SyncCall(Number(file)));

    // Returns the error itself.
    public static int Advise(SafeFileHandle file, long offset, long length, int advice) => AdviseCall(Number(file), offset, length, advice);

    public static int Read(SafeFileHandle file, Span<byte> into, long offset, out int count)
    {
        nint done;
        do
        {
            done = ReadCall(Number(file), ref MemoryMarshal.GetReference(into), into.Length, offset);
        }
        while (done < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);

        count = (int)Math.Max(0, done);
        return done < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Writes some of it, at an offset or, without one, where the file's own position is.</summary>
    public static int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long? offset, out int count)
    {
        nint done;
        do
        {
            ref var first = ref MemoryMarshal.GetReference(bytes);
            done = offset is { } at ? WriteAtCall(Number(file), ref first, bytes.Length, at) : WriteCall(Number(file), ref first, bytes.Length);
        }
        while (done < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);

        count = (int)Math.Max(0, done);
        return done < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Reads the next names of a directory, as the system's records; none at its end.</summary>
    public static int ReadEntries(SafeFileHandle directory, byte[] into, out int count)
    {
        var done = ReadEntriesCall(IsArm ? 61 : 217, Number(directory), into, into.Length);
        count = (int)Math.Max(0, done);
        return done < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    private static int Stat(SafeFileHandle directory, string name, int flags, out FileStat stat)
    {
        var buffer = new byte[FileStat.Bytes];
        var error = Error(StatCall(Number(directory), Zero(name), flags | NoFollowAtAll, BasicStats, buffer));
        stat = error == 0 ? FileStat.From(buffer) : default;
        return error;
    }

    private static int Opened(int number, out SafeFileHandle file)
    {
        var error = number < 0 ? Marshal.GetLastPInvokeError() : 0;
        file = new SafeFileHandle(number, ownsHandle: true);
        return error;
    }

    private static int Error(int result) => result < 0 ? Marshal.GetLastPInvokeError() : 0;

    // The handles are used by one thread, which also closes them; and a closed one is -1, which no call takes for a file.
    private static int Number(SafeFileHandle file) => file.IsClosed ? -1 : (int)file.DangerousGetHandle();

    private static byte[] Zero(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    [DllImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static extern int OpenAtCall(int directory, byte[] name, int flags, uint mode);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int StatCall(int directory, byte[] name, int flags, uint mask, byte[] stat);

    [DllImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static extern nint ReadLinkCall(int directory, byte[] name, byte[] buffer, nint length);

    [DllImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    private static extern int MakeDirectoryCall(int directory, byte[] name, uint mode);

    [DllImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static extern int UnlinkCall(int directory, byte[] name, int flags);

    [DllImport("libc", EntryPoint = "renameat", SetLastError = true)]
    private static extern int RenameCall(int from, byte[] oldName, int to, byte[] newName);

    [DllImport("libc", EntryPoint = "linkat", SetLastError = true)]
    private static extern int LinkCall(int from, byte[] oldName, int to, byte[] newName, int flags);

    [DllImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    private static extern int SymbolicLinkCall(byte[] target, int directory, byte[] name);

    [DllImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    private static extern int SetTimesAtCall(int directory, byte[] name, FileTime[] times, int flags);

    [DllImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static extern int SetTimesCall(int file, FileTime[] times);

    [DllImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static extern int SetSizeCall(int file, long size);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int SyncCall(int file);

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static extern int SyncDataCall(int file);

    [DllImport("libc", EntryPoint = "posix_fadvise")]
    private static extern int AdviseCall(int file, long offset, long length, int advice);

    [DllImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static extern nint ReadCall(int file, ref byte into, nint length, long offset);

    [DllImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static extern nint WriteAtCall(int file, ref readonly byte bytes, nint length, long offset);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint WriteCall(int file, ref readonly byte bytes, nint length);

    // getdents64, for which not every C library has a function.
    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern nint ReadEntriesCall(nint number, nint directory, byte[] into, nint length);
}
