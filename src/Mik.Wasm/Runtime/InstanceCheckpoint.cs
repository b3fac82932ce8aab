namespace Mik.Wasm.Runtime;

/// <summary>
/// The state that one instance goes back to between two uses: its own memories, tables, globals and dropped segments, as they were at a
/// moment when none of its code ran. What it imports belongs to others. Unlike an <see cref="InstanceImage"/> it may refer to other
/// instances of the store, and it fits this instance only. Immutable; used by whoever uses the instance.
/// </summary>
public sealed class InstanceCheckpoint
{
    private readonly Instance _instance;
    private readonly SavedMemory[] _memories;
    private readonly UInt128[] _globals;
    private readonly long[][] _tables;
    private readonly bool[] _droppedData;
    private readonly bool[] _droppedElements;

    internal InstanceCheckpoint(Instance instance, InstanceCheckpoint? twin, bool[] droppedData, bool[] droppedElements)
    {
        var definition = instance.Module.Definition;
        _instance = instance;
        _memories = twin?._memories ?? [.. instance.Memories[definition.ImportedMemoryCount..].Select(static memory => new SavedMemory(memory))];
        _globals = new UInt128[definition.Globals.Length - definition.ImportedGlobalCount];
        for (var i = 0; i < _globals.Length; i++)
        {
            _globals[i] = instance.GlobalValue((uint)(definition.ImportedGlobalCount + i));
        }

        _tables = [.. instance.Tables[definition.ImportedTableCount..].Select(static table => table.Elements.ToArray())];
        _droppedData = [.. droppedData];
        _droppedElements = [.. droppedElements];
    }

    internal void Restore(bool[] droppedData, bool[] droppedElements)
    {
        var definition = _instance.Module.Definition;
        for (var i = 0; i < _memories.Length; i++)
        {
            _memories[i].WriteTo(_instance.Memories[definition.ImportedMemoryCount + i]);
        }

        for (var i = 0; i < _globals.Length; i++)
        {
            _instance.SetGlobal((uint)(definition.ImportedGlobalCount + i), _globals[i]);
        }

        for (var i = 0; i < _tables.Length; i++)
        {
            _instance.Tables[definition.ImportedTableCount + i].Reset(_tables[i]);
        }

        _droppedData.CopyTo(droppedData, 0);
        _droppedElements.CopyTo(droppedElements, 0);
    }
}
