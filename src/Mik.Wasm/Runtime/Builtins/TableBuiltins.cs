namespace Mik.Wasm.Runtime.Builtins;

/// <summary>Table instructions that emitted code does not inline. All check their ranges themselves.</summary>
internal static class TableBuiltins
{
    // spec: exec-table.grow
    public static int Grow(nint context, int table, long value, int elements) => throw new NotImplementedException($"{context} {table} {value} {elements}");

    // spec: exec-table.fill
    public static void Fill(nint context, int table, int start, long value, int length) => throw new NotImplementedException($"{context} {table} {start} {value} {length}");

    // spec: exec-table.copy
    public static void Copy(nint context, int destinationTable, int sourceTable, int destination, int source, int length) => throw new NotImplementedException($"{context} {destinationTable} {sourceTable} {destination} {source} {length}");

    // spec: exec-table.init
    public static void Init(nint context, int table, int segment, int destination, int source, int length) => throw new NotImplementedException($"{context} {table} {segment} {destination} {source} {length}");

    // spec: exec-elem.drop
    public static void DropElement(nint context, int segment) => throw new NotImplementedException($"{context} {segment}");
}
