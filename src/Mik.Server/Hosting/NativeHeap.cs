using System.Runtime.InteropServices;

namespace Mik.Server.Hosting;

/// <summary>The heap of the C library, in which the runtime's compiler works.</summary>
internal static class NativeHeap
{
    private static volatile bool _canReturn = OperatingSystem.IsLinux();

    /// <summary>Returns to the system what is free in it, where the C library can: glibc keeps the freed pages of each thread's share otherwise.</summary>
    public static void ReturnFree()
    {
        if (!_canReturn)
        {
            return;
        }

        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Other C libraries do not keep so much.
            _canReturn = false;
        }
    }

    // spec: malloc_trim(3)
    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int Trim(nuint pad);
}
