using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime;

/// <summary>Where the current thread's stack ends. .NET cannot survive a stack overflow, so guests stop before it.</summary>
internal static unsafe partial class ThreadStack
{
    // What host functions, exception dispatch and the JIT compiler may need below the deepest guest frame.
    private const int HostReserve = 256 * 1024;

    // pthread_attr_t has 56 bytes in glibc and musl on 64-bit Linux.
    private const int PthreadAttributesSize = 64;

    [ThreadStatic]
    private static nint _lowest;

    /// <summary>The lowest address guest code entered here may use.</summary>
    /// <param name="maxBytes">How much stack the guest may use from here on, at most.</param>
    public static nint LimitFor(int maxBytes)
    {
        byte here;
        if (_lowest == 0)
        {
            _lowest = FindLowest((nint)(&here)) + HostReserve;
        }

        return Math.Max(_lowest, (nint)(&here) - maxBytes);
    }

    private static nint FindLowest(nint here)
    {
        if (OperatingSystem.IsLinux())
        {
            var attributes = stackalloc byte[PthreadAttributesSize];
            if (PthreadGetAttributes(PthreadSelf(), attributes) == 0)
            {
                nint address;
                nuint size;
                var known = PthreadAttributesGetStack(attributes, &address, &size) == 0;
                _ = PthreadAttributesDestroy(attributes);
                if (known)
                {
                    return address;
                }
            }
        }
        else if (OperatingSystem.IsMacOS())
        {
            var self = PthreadSelf();
            return PthreadGetStackAddress(self) - (nint)PthreadGetStackSize(self);
        }
        else if (OperatingSystem.IsWindows())
        {
            nint low;
            nint high;
            GetCurrentThreadStackLimits(&low, &high);
            return low;
        }

        // Unknown system: 512 KiB is there on every thread .NET starts.
        return here - (512 * 1024);
    }

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nint PthreadSelf();

    [LibraryImport("libc", EntryPoint = "pthread_getattr_np")]
    private static partial int PthreadGetAttributes(nint thread, byte* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_getstack")]
    private static partial int PthreadAttributesGetStack(byte* attributes, nint* address, nuint* size);

    [LibraryImport("libc", EntryPoint = "pthread_attr_destroy")]
    private static partial int PthreadAttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_get_stackaddr_np")]
    private static partial nint PthreadGetStackAddress(nint thread);

    [LibraryImport("libc", EntryPoint = "pthread_get_stacksize_np")]
    private static partial nuint PthreadGetStackSize(nint thread);

    [LibraryImport("kernel32")]
    private static partial void GetCurrentThreadStackLimits(nint* low, nint* high);
}
