using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime.Builtins;

/// <summary>
/// Memory instructions that emitted code does not inline. All check their ranges themselves. Addresses and lengths are unsigned; those
/// of 32-bit memories arrive widened.
/// </summary>
internal static unsafe class MemoryBuiltins
{
    // An interrupt is noticed between two of them: half a millisecond when every page has to be made.
    private const ulong BytesPerTurn = 1 << 20;

    // spec: exec-memory.grow
    public static long Grow(nint context, int memory, long pages) => Instance.FromContext(context).Memories[memory].Grow((ulong)pages);

    // spec: exec-memory.copy
    public static void Copy(nint context, int destinationMemory, int sourceMemory, long destination, long source, long length)
    {
        var to = Range(context, destinationMemory, destination, length);
        var from = Range(context, sourceMemory, source, length);
        var isBackwards = to > from;
        for (ulong done = 0, turn; done < (ulong)length; done += turn)
        {
            turn = Turn(context, (ulong)length, done);
            var start = isBackwards ? (ulong)length - done - turn : done;
            Buffer.MemoryCopy(from + start, to + start, turn, turn);
        }
    }

    // spec: exec-memory.fill
    public static void Fill(nint context, int memory, long destination, int value, long length)
    {
        var to = Range(context, memory, destination, length);
        for (ulong done = 0, turn; done < (ulong)length; done += turn)
        {
            turn = Turn(context, (ulong)length, done);
            NativeMemory.Fill(to + done, (nuint)turn, (byte)value);
        }
    }

    // spec: exec-memory.init
    public static void Init(nint context, int memory, int segment, long destination, int source, int length) =>
        Instance.FromContext(context).InitMemory(memory, segment, (ulong)destination, (uint)source, (uint)length);

    // spec: exec-data.drop
    public static void DropData(nint context, int segment) => Instance.FromContext(context).DropData(segment);

    private static ulong Turn(nint context, ulong length, ulong done) =>
        done > 0 && Volatile.Read(ref *(int*)(context + ContextLayout.Interrupt)) != 0
            ? throw new TrapException(TrapCode.Interrupted)
            : Math.Min(BytesPerTurn, length - done);

    // Safe because the range is checked against the record's length, which never exceeds what is committed.
    private static byte* Range(nint context, int memory, long start, long length)
    {
        // Most code has one memory, whose record is in the header.
        var record = memory == 0
            ? *(nint*)(context + ContextLayout.MemoryRecord)
            : Instance.FromContext(context).Memories[memory].RecordAddress;
        var available = *(ulong*)(record + ContextLayout.MemoryRecordLength);
        if ((ulong)length > available || (ulong)start > available - (ulong)length)
        {
            throw new TrapException(TrapCode.MemoryOutOfBounds);
        }

        return *(byte**)(record + ContextLayout.MemoryRecordBase) + start;
    }
}
