using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

internal sealed partial class FunctionValidator
{
    private TableType TableOf(uint table) =>
        table < module.Tables.Length
            ? module.Tables[table]
            : throw Invalid($"unknown table {table}");

    private ValType ElementSegmentType(uint segment) =>
        segment < module.Elements.Length
            ? module.Elements[segment].Type
            : throw Invalid($"unknown elem segment {segment}");

    // spec: valid-table.get
    private void CheckTableGet()
    {
        var table = TableOf(_current.Index);
        Pop(table.Address);
        Push(table.Element);
    }

    // spec: valid-table.set
    private void CheckTableSet()
    {
        var table = TableOf(_current.Index);
        Pop(table.Element);
        Pop(table.Address);
    }

    // spec: valid-table.grow
    private void CheckTableGrow()
    {
        var table = TableOf(_current.Index);
        Pop(table.Address);
        Pop(table.Element);
        Push(table.Address);
    }

    // spec: valid-table.fill
    private void CheckTableFill()
    {
        var table = TableOf(_current.Index);
        Pop(table.Address);
        Pop(table.Element);
        Pop(table.Address);
    }

    // spec: valid-table.copy
    private void CheckTableCopy()
    {
        var destination = TableOf(_current.Index);
        var source = TableOf(_current.SecondIndex);
        if (!source.Element.Matches(destination.Element))
        {
            throw Mismatch(destination.Element, source.Element);
        }

        Pop(Narrower(destination.Address, source.Address));
        Pop(source.Address);
        Pop(destination.Address);
    }

    // spec: valid-table.init
    private void CheckTableInit()
    {
        var segment = ElementSegmentType(_current.Index);
        var table = TableOf(_current.SecondIndex);
        if (!segment.Matches(table.Element))
        {
            throw Mismatch(table.Element, segment);
        }

        Pop(ValType.I32);
        Pop(ValType.I32);
        Pop(table.Address);
    }
}
