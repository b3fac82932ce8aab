namespace Mik.Wasm.Runtime.Builtins;

/// <summary>Memory instructions that emitted code does not inline. All check their ranges themselves.</summary>
internal static unsafe class MemoryBuiltins
{
    // spec: exec-memory.grow
    public static int Grow(nint context, int pages) => Instance.FromContext(context).Memories[0].Grow((uint)pages);

    // spec: exec-memory.copy
    public static void Copy(nint context, int destination, int source, int length)
    {
        var to = Range(context, (uint)destination, (uint)length);
        var from = Range(context, (uint)source, (uint)length);
        Buffer.MemoryCopy(from, to, (uint)length, (uint)length);
    }

    // spec: exec-memory.fill
    public static void Fill(nint context, int destination, int value, int length)
    {
        var to = Range(context, (uint)destination, (uint)length);
        System.Runtime.InteropServices.NativeMemory.Fill(to, (uint)length, (byte)value);
    }

    // spec: exec-memory.init
    public static void Init(nint context, int segment, int destination, int source, int length) =>
        Instance.FromContext(context).InitMemory(segment, (uint)destination, (uint)source, (uint)length);

    // spec: exec-data.drop
    public static void DropData(nint context, int segment) => Instance.FromContext(context).DropData(segment);

    // Safe because the range is checked against the record's length, which never exceeds what is committed.
    private static byte* Range(nint context, uint start, uint length)
    {
        var record = *(nint*)(context + ContextLayout.MemoryRecord);
        if ((ulong)start + length > *(ulong*)(record + ContextLayout.MemoryRecordLength))
        {
            throw new TrapException(TrapCode.MemoryOutOfBounds);
        }

        return *(byte**)(record + ContextLayout.MemoryRecordBase) + start;
    }
}
