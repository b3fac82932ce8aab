using System.Runtime.InteropServices;

namespace Mik.Wasm.Caching;

/// <summary>
/// Whose files are. What anybody but this user could have written is not run: only files and directories that the user owns and nobody
/// else may write to count, and never those behind a symbolic link. Linux.
/// </summary>
internal static unsafe partial class PrivateFiles
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int DoNotFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeModeAndOwner = 0x1 | 0x2 | 0x8; // STATX_TYPE | STATX_MODE | STATX_UID
    private const int StatusSize = 256;
    private const int OwnerOffset = 20;
    private const int ModeOffset = 28;

    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;
    private const int FileType = 0x8000;
    private const int WritableByOthers = 0x12; // group and everybody

    public const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static bool IsPrivateDirectory(string path) => IsOurs(path, DirectoryType);

    public static bool IsPrivateFile(string path) => IsOurs(path, FileType);

    /// <summary>Takes away what the user's default permissions for new files give to others.</summary>
    public static void MakePrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static bool IsOurs(string path, int type)
    {
        // Safe because the kernel writes a `struct statx`, whose 256 bytes and offsets are the same on every architecture.
        var status = stackalloc byte[StatusSize];
        return StatX(CurrentDirectory, path, DoNotFollow, TypeModeAndOwner, status) == 0
            && *(uint*)(status + OwnerOffset) == EffectiveUser()
            && (*(ushort*)(status + ModeOffset) & (TypeMask | WritableByOthers)) == type;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
