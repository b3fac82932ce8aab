using System.Collections.Concurrent;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>
/// Memories that are clean and wait for their next guest with their pages in place. Making one anew costs system calls, page faults
/// and, on every core, a flush of the address cache: more than a small handler's whole work. Thread-safe.
/// </summary>
internal static class WarmMemories
{
    // At most MaxResident pages of 4 KiB each stay in place: 128 MiB in the worst case, a few in the ordinary one.
    private const int MaxParked = 128;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly ConcurrentDictionary<nuint, IdlePool<MemoryReservation>> Zeroed = new();
    private static int _parked;
    private static long _taken;
    private static long _missed;

    /// <summary>Whether one more may be parked; roughly, as others may be parking too.</summary>
    public static bool HasRoom => Volatile.Read(ref _parked) < MaxParked;

    /// <summary>How many wait now.</summary>
    public static int Parked => Volatile.Read(ref _parked);

    /// <summary>How many were handed out.</summary>
    public static long Taken => Volatile.Read(ref _taken);

    /// <summary>How often there was none.</summary>
    public static long Missed => Volatile.Read(ref _missed);

    /// <summary>Where the memories of one kind wait; disposing it lets go of them.</summary>
    public static IdlePool<MemoryReservation> CreatePool() => new(MaxParked, Patience, TimeProvider.System, Release);

    /// <summary>A memory of that initial length, zero or as the image.</summary>
    public static MemoryReservation? TryTake(nuint length, MemoryImage? image)
    {
        var pool = image is not null ? image.Parked : Zeroed.GetValueOrDefault(length);
        var memory = pool?.TryTake();
        if (memory is null)
        {
            Interlocked.Increment(ref _missed);
        }
        else
        {
            Interlocked.Increment(ref _taken);
            Interlocked.Decrement(ref _parked);
        }

        return memory;
    }

    /// <summary>Keeps a clean memory.</summary>
    public static void Park(MemoryReservation memory, nuint length, MemoryImage? image)
    {
        Interlocked.Increment(ref _parked);
        var pool = image is not null ? image.Parked : Zeroed.GetOrAdd(length, static _ => CreatePool());
        pool.Return(memory);
    }

    // Never throws: timers and finalizers call it.
    private static void Release(MemoryReservation memory)
    {
        Interlocked.Decrement(ref _parked);
        try
        {
            memory.ReleaseCold();
        }
        catch (ResourceExhaustedException)
        {
            // The slot is lost; there are thousands.
        }
    }
}
