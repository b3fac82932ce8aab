using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    private ValType TableElementType(uint table) =>
        table < module.Tables.Length
            ? module.Tables[table].Element
            : throw Invalid($"unknown table {table}");

    private ValType ElementSegmentType(uint segment) =>
        segment < module.Elements.Length
            ? module.Elements[segment].Type
            : throw Invalid($"unknown elem segment {segment}");

    // spec: valid-table.get
    private void CheckTableGet()
    {
        var element = TableElementType(_current.Index);
        Pop(ValType.I32);
        Push(element);
    }

    // spec: valid-table.set
    private void CheckTableSet()
    {
        Pop(TableElementType(_current.Index));
        Pop(ValType.I32);
    }

    // spec: valid-table.grow
    private void CheckTableGrow()
    {
        Pop(ValType.I32);
        Pop(TableElementType(_current.Index));
        Push(ValType.I32);
    }

    // spec: valid-table.fill
    private void CheckTableFill()
    {
        Pop(ValType.I32);
        Pop(TableElementType(_current.Index));
        Pop(ValType.I32);
    }

    // spec: valid-table.copy
    private void CheckTableCopy()
    {
        var destination = TableElementType(_current.Index);
        var source = TableElementType(_current.SecondIndex);
        if (destination != source)
        {
            throw Mismatch(destination, source);
        }

        PopRange();
    }

    // spec: valid-table.init
    private void CheckTableInit()
    {
        var segment = ElementSegmentType(_current.Index);
        var table = TableElementType(_current.SecondIndex);
        if (table != segment)
        {
            throw Mismatch(table, segment);
        }

        PopRange();
    }

    /// <summary>Destination, source and length.</summary>
    private void PopRange()
    {
        Pop(ValType.I32);
        Pop(ValType.I32);
        Pop(ValType.I32);
    }
}
