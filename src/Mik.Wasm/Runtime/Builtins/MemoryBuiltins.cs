namespace Mik.Wasm.Runtime.Builtins;

/// <summary>Memory instructions that emitted code does not inline. All check their ranges themselves.</summary>
internal static class MemoryBuiltins
{
    // spec: exec-memory.grow
    public static int Grow(nint context, int pages) => throw new NotImplementedException($"{context} {pages}");

    // spec: exec-memory.copy
    public static void Copy(nint context, int destination, int source, int length) => throw new NotImplementedException($"{context} {destination} {source} {length}");

    // spec: exec-memory.fill
    public static void Fill(nint context, int destination, int value, int length) => throw new NotImplementedException($"{context} {destination} {value} {length}");

    // spec: exec-memory.init
    public static void Init(nint context, int segment, int destination, int source, int length) => throw new NotImplementedException($"{context} {segment} {destination} {source} {length}");

    // spec: exec-data.drop
    public static void DropData(nint context, int segment) => throw new NotImplementedException($"{context} {segment}");
}
