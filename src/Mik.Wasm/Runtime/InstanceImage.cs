using Mik.Wasm.Runtime.Allocation;

namespace Mik.Wasm.Runtime;

/// <summary>
/// The state of an instance at a moment when none of its code ran: memory, globals, tables, dropped segments. Any instance of the
/// same module can be set to it. Immutable and thread-safe.
/// </summary>
public sealed unsafe class InstanceImage
{
    private readonly Module _module;
    private readonly long _memoryLength;

    // Where the system cannot map the image: what is not zero.
    private readonly List<(uint Address, byte[] Bytes)> _memoryRuns = [];
    private readonly UInt128[] _globals;
    private readonly int[][] _tables;

    private InstanceImage(Instance instance, NativeBlock context, NativeBlock funcRefs, bool[] droppedData, bool[] droppedElements)
    {
        _module = instance.Module;
        DroppedData = [.. droppedData];
        DroppedElements = [.. droppedElements];
        var definition = _module.Definition;
        _globals = new UInt128[definition.Globals.Length];
        for (uint i = 0; i < _globals.Length; i++)
        {
            _globals[i] = instance.GlobalValue(i);
        }

        _tables = [.. instance.Tables.Select(t => EncodeTable(t, funcRefs.Address, definition.ReferencedFunctions.Length))];
        if (instance.Memories is [var memory])
        {
            _memoryLength = memory.Length;
            MemoryContent = MemoryImage.TryCreate(memory.BaseAddress, (nuint)_memoryLength);
            if (MemoryContent is null)
            {
                foreach (var (start, length) in MemoryImage.ContentRuns(memory.BaseAddress, (nuint)_memoryLength))
                {
                    _memoryRuns.Add(((uint)start, memory.Slice((uint)start, (uint)length).ToArray()));
                }
            }
        }
    }

    /// <summary>Length of the linear memory, in bytes.</summary>
    public long MemoryLength => _memoryLength;

    /// <summary>The linear memory, where the system can map it.</summary>
    internal MemoryImage? MemoryContent { get; }

    internal bool[] DroppedData { get; }

    internal bool[] DroppedElements { get; }

    internal static InstanceImage Of(Instance instance, NativeBlock context, NativeBlock funcRefs, bool[] droppedData, bool[] droppedElements) =>
        new(instance, context, funcRefs, droppedData, droppedElements);

    internal void WriteTo(Instance instance, NativeBlock context, NativeBlock funcRefs)
    {
        if (instance.Module != _module)
        {
            throw new ArgumentException("The image is of another module.", nameof(instance));
        }

        if (instance.Memories is [var memory])
        {
            WriteMemory(memory);
        }

        for (uint i = 0; i < _globals.Length; i++)
        {
            if (!_module.Layout.IsGlobalIndirect(i))
            {
                instance.SetGlobal(i, _globals[i]);
            }
        }

        for (var i = 0; i < _tables.Length; i++)
        {
            instance.Tables[i].Reset(_tables[i], funcRefs.Address);
        }
    }

    private void WriteMemory(Memory memory)
    {
        if (MemoryContent is not null)
        {
            memory.Reset(MemoryContent);
            return;
        }

        memory.Reset(_memoryLength);
        foreach (var (address, bytes) in _memoryRuns)
        {
            bytes.CopyTo(memory.Slice(address, (uint)bytes.Length));
        }
    }

    private static int[] EncodeTable(Table table, nint funcRefs, int count)
    {
        var slots = new int[table.Length];
        var elements = table.Elements;
        for (var i = 0; i < slots.Length; i++)
        {
            var offset = elements[i] - funcRefs;
            slots[i] = elements[i] == 0 ? -1 : (int)(offset / ContextLayout.FuncRefSize);
            if (elements[i] != 0 && (offset < 0 || offset >= (long)count * ContextLayout.FuncRefSize))
            {
                throw new NotSupportedException("A table refers to a function of another instance.");
            }
        }

        return slots;
    }
}
