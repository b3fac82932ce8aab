using System.Runtime.InteropServices;

namespace Mik.Scripting.Execution;

/// <summary>The processor time that Linux keeps for each thread.</summary>
// spec: pthread_getcpuclockid(3), clock_gettime(2)
internal sealed class ThreadCpuClock : CpuClock
{
    /// <summary>Whether the system has such clocks.</summary>
    public static bool IsAvailable { get; } = Probe();

    public override int NameThread() => GetClock(Self(), out var clock) == 0
        ? clock
        : throw new InvalidOperationException("This thread has no processor clock.");

    public override TimeSpan Read(int thread) => GetTime(thread, out var time) == 0
        ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick))
        : throw new InvalidOperationException("The processor clock of a thread cannot be read.");

    private static bool Probe()
    {
        // Where a word has 32 bits, how wide a time is depends on the C library.
        if (!OperatingSystem.IsLinux() || nint.Size != sizeof(long))
        {
            return false;
        }

        try
        {
            return GetClock(Self(), out var clock) == 0 && GetTime(clock, out _) == 0;
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            // Older C libraries keep these functions in another file.
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "pthread_self")]
    private static extern nuint Self();

    [DllImport("libc", EntryPoint = "pthread_getcpuclockid")]
    private static extern int GetClock(nuint thread, out int clock);

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int GetTime(int clock, out Time time);

    private readonly record struct Time(long Seconds, long Nanoseconds);
}
