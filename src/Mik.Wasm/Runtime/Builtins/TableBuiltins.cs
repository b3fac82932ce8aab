namespace Mik.Wasm.Runtime.Builtins;

/// <summary>
/// Table instructions that emitted code does not inline. All check their ranges themselves. Indices and lengths are unsigned; those of
/// tables with 32-bit indices arrive widened.
/// </summary>
internal static class TableBuiltins
{
    // spec: exec-table.grow
    public static long Grow(nint context, int table, long value, long elements) => TableOf(context, table).Grow(value, (ulong)elements);

    // spec: exec-table.fill
    public static void Fill(nint context, int table, long start, long value, long length) =>
        TableOf(context, table).Slice((ulong)start, (ulong)length).Fill(value);

    // spec: exec-table.copy
    public static void Copy(nint context, int destinationTable, int sourceTable, long destination, long source, long length)
    {
        var from = TableOf(context, sourceTable).Slice((ulong)source, (ulong)length);
        from.CopyTo(TableOf(context, destinationTable).Slice((ulong)destination, (ulong)length));
    }

    // spec: exec-table.init
    public static void Init(nint context, int table, int segment, long destination, int source, int length) =>
        Instance.FromContext(context).InitTable(table, segment, (ulong)destination, (uint)source, (uint)length);

    // spec: exec-elem.drop
    public static void DropElement(nint context, int segment) => Instance.FromContext(context).DropElement(segment);

    private static Table TableOf(nint context, int table) => Instance.FromContext(context).Tables[table];
}
