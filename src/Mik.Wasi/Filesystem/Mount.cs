namespace Mik.Wasi.Filesystem;

/// <summary>A directory of the host that guests see.</summary>
/// <param name="HostPath">Its absolute path; links in it are followed, they are the operator's.</param>
/// <param name="GuestPath">The absolute path under which guests find it.</param>
/// <param name="IsWritable">Whether guests may change what is in it.</param>
public sealed record Mount(string HostPath, string GuestPath, bool IsWritable)
{
    /// <summary>Whether mounts work on this system: on Linux, x86-64 and 64-bit ARM.</summary>
    public static bool IsSupported => Posix.IsSupported;
}
