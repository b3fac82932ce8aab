using System.Collections.Concurrent;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>
/// Memories that are clean and wait for their next guest with their pages in place. Making one anew costs system calls, page faults
/// and, on every core, a flush of the address cache: more than a small handler's whole work. Thread-safe.
/// </summary>
internal static class WarmMemories
{
    // At most MaxResidentPages of 4 KiB each stay in place: 128 MiB in the worst case, a few in the ordinary one.
    private const int MaxParked = 128;

    private static readonly ConcurrentDictionary<nuint, ConcurrentStack<MemoryReservation>> Zeroed = new();
    private static int _parked;

    /// <summary>Whether one more may be parked; roughly, as others may be parking too.</summary>
    public static bool HasRoom => Volatile.Read(ref _parked) < MaxParked;

    /// <summary>A memory of that initial length, zero or as the image.</summary>
    public static MemoryReservation? TryTake(nuint length, MemoryImage? image)
    {
        var stack = image is not null ? image.Parked : Zeroed.GetValueOrDefault(length);
        if (stack is null || !stack.TryPop(out var memory))
        {
            return null;
        }

        Interlocked.Decrement(ref _parked);
        return memory;
    }

    /// <summary>Keeps a clean memory.</summary>
    public static void Park(MemoryReservation memory, nuint length, MemoryImage? image)
    {
        Interlocked.Increment(ref _parked);
        var stack = image is not null ? image.Parked : Zeroed.GetOrAdd(length, static _ => new ConcurrentStack<MemoryReservation>());
        stack.Push(memory);
    }

    /// <summary>
    /// Lets go of the memories that wait for an image nobody uses any more. Never throws: finalizers call it.
    /// </summary>
    public static void Drain(ConcurrentStack<MemoryReservation> parked)
    {
        while (parked.TryPop(out var memory))
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
}
