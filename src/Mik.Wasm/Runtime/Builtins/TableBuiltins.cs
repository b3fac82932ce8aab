namespace Mik.Wasm.Runtime.Builtins;

/// <summary>Table instructions that emitted code does not inline. All check their ranges themselves.</summary>
internal static class TableBuiltins
{
    // spec: exec-table.grow
    public static int Grow(nint context, int table, long value, int elements) => TableOf(context, table).Grow(value, (uint)elements);

    // spec: exec-table.fill
    public static void Fill(nint context, int table, int start, long value, int length) =>
        TableOf(context, table).Slice((uint)start, (uint)length).Fill(value);

    // spec: exec-table.copy
    public static void Copy(nint context, int destinationTable, int sourceTable, int destination, int source, int length)
    {
        var from = TableOf(context, sourceTable).Slice((uint)source, (uint)length);
        from.CopyTo(TableOf(context, destinationTable).Slice((uint)destination, (uint)length));
    }

    // spec: exec-table.init
    public static void Init(nint context, int table, int segment, int destination, int source, int length) =>
        Instance.FromContext(context).InitTable(table, segment, (uint)destination, (uint)source, (uint)length);

    // spec: exec-elem.drop
    public static void DropElement(nint context, int segment) => Instance.FromContext(context).DropElement(segment);

    private static Table TableOf(nint context, int table) => Instance.FromContext(context).Tables[table];
}
