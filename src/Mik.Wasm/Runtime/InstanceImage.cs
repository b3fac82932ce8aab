using Mik.Wasm.Runtime.Allocation;
using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>
/// The state of an instance at a moment when none of its code ran: memories, globals, tables, dropped segments. Any instance of the
/// same module can be set to it. Immutable and thread-safe.
/// </summary>
public sealed class InstanceImage
{
    private readonly Module _module;
    private readonly SavedMemory[] _memories;
    private readonly UInt128[] _globals;
    private readonly long[][] _tables;

    private InstanceImage(Instance instance, NativeBlock funcRefs, bool[] droppedData, bool[] droppedElements)
    {
        _module = instance.Module;
        DroppedData = [.. droppedData];
        DroppedElements = [.. droppedElements];
        var definition = _module.Definition;
        var functions = definition.ReferencedFunctions.Length;
        _globals = new UInt128[definition.Globals.Length];
        for (uint i = 0; i < _globals.Length; i++)
        {
            var type = definition.Globals[i].ValueType;
            var value = instance.GlobalValue(i);
            _globals[i] = type.IsReference() && !_module.Layout.IsGlobalIndirect(i)
                ? (ulong)SavedReference.Of((long)value, type, funcRefs.Address, functions)
                : value;
        }

        _tables = [.. instance.Tables.Select((table, i) => Save(table, definition.Tables[i].Element, funcRefs.Address, functions))];
        _memories = [.. instance.Memories.Select(static memory => new SavedMemory(memory))];
    }

    /// <summary>Length of the first linear memory in bytes; 0 without one.</summary>
    public long MemoryLength => _memories is [var first, ..] ? first.Length : 0;

    internal bool[] DroppedData { get; }

    internal bool[] DroppedElements { get; }

    internal static InstanceImage Of(Instance instance, NativeBlock funcRefs, bool[] droppedData, bool[] droppedElements) =>
        new(instance, funcRefs, droppedData, droppedElements);

    /// <summary>A memory's length, and its content where the system can map it.</summary>
    internal (long Length, MemoryImage? Content) MemoryOf(int index) => (_memories[index].Length, _memories[index].Content);

    internal void WriteTo(Instance instance, NativeBlock funcRefs)
    {
        if (instance.Module != _module)
        {
            throw new ArgumentException("The image is of another module.", nameof(instance));
        }

        // What becomes smaller first, so that the store's limit is never exceeded in between.
        for (var grows = 0; grows <= 1; grows++)
        {
            for (var i = 0; i < _memories.Length; i++)
            {
                if ((_memories[i].Length > instance.Memories[i].Length) == (grows == 1))
                {
                    _memories[i].WriteTo(instance.Memories[i]);
                }
            }

            for (var i = 0; i < _tables.Length; i++)
            {
                if ((_tables[i].Length > instance.Tables[i].Length) == (grows == 1))
                {
                    instance.Tables[i].Reset(_tables[i], funcRefs.Address);
                }
            }
        }

        for (uint i = 0; i < _globals.Length; i++)
        {
            if (!_module.Layout.IsGlobalIndirect(i))
            {
                var isFunction = _module.Definition.Globals[i].ValueType.IsFunctionReference();
                instance.SetGlobal(i, isFunction ? (ulong)SavedReference.ToFunction((long)_globals[i], funcRefs.Address) : _globals[i]);
            }
        }
    }

    private static long[] Save(Table table, ValType element, nint funcRefs, int functions)
    {
        var elements = table.Elements;
        var saved = new long[elements.Length];
        for (var i = 0; i < saved.Length; i++)
        {
            saved[i] = SavedReference.Of(elements[i], element, funcRefs, functions);
        }

        return saved;
    }
}
