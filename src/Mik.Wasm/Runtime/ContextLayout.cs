using Mik.Wasm.Binary;
using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>
/// Where things lie in an instance's context block: the native memory whose address is argument 0 of every emitted function.
/// Emitted code and the runtime agree through this file alone. All offsets are in bytes; all fields are 8-byte aligned.
/// <code>
///   0 MemoryBase     address of memory 0; never moves while the instance lives (0 without a memory)
///   8 StackLimit     lowest stack address guest code may reach; nint.MaxValue once interrupted
///  16 Interrupt      i32, non-zero once the store is interrupted; polled with a volatile load in every loop header
///  24 MemoryRecord   address of memory 0's record: +0 base, +8 length in bytes (i64)
///  32 Results        address of the store's result area: results 1.. of a multi-value call, one after the other, 8 bytes each (a v128 16)
///  40 InstanceHandle GCHandle of the <see cref="Instance"/>
///  48 FuncRefs       address of this instance's function reference records (see <see cref="FuncRefSize"/>)
///  64 imports        per imported function 16 bytes: +0 code, +8 context to pass as argument 0
///   … types          per type 8 bytes: the engine-wide id of the type, compared by call_indirect
///   … tables         per table 8 bytes: address of its record: +0 elements (8 bytes each), +8 length (i64)
///   … globals        per global 8 bytes (16 for a v128 defined here): the value itself when defined here, its address when imported
///   … memories       per memory after the first 8 bytes: address of its record
///   … tags           per tag 8 bytes: its identity, a number that no other tag of the process has
/// </code>
/// </summary>
internal sealed class ContextLayout
{
    public const int MemoryBase = 0;
    public const int StackLimit = 8;
    public const int Interrupt = 16;
    public const int MemoryRecord = 24;
    public const int Results = 32;
    public const int InstanceHandle = 40;
    public const int FuncRefs = 48;

    /// <summary>Bytes before the part whose size depends on the module; a host function's context is just this.</summary>
    public const int HeaderSize = 64;

    /// <summary>Import slot: code address.</summary>
    public const int ImportCode = 0;

    /// <summary>Import slot: context of the callee.</summary>
    public const int ImportContext = 8;

    /// <summary>Memory record: address of the first byte.</summary>
    public const int MemoryRecordBase = 0;

    /// <summary>Memory record: current length in bytes (i64).</summary>
    public const int MemoryRecordLength = 8;

    /// <summary>Table record: address of the first element. An element is an i64: 0 is null; a funcref is the address of a record.</summary>
    public const int TableRecordElements = 0;

    /// <summary>Table record: current length in elements (i64).</summary>
    public const int TableRecordLength = 8;

    /// <summary>Function reference record: engine-wide type id (i64).</summary>
    public const int FuncRefType = 0;

    /// <summary>Function reference record: code address.</summary>
    public const int FuncRefCode = 8;

    /// <summary>Function reference record: context of the callee.</summary>
    public const int FuncRefContext = 16;

    /// <summary>Bytes per function reference record.</summary>
    public const int FuncRefSize = 24;

    private readonly int _types;
    private readonly int _tables;
    private readonly int[] _globals;
    private readonly int _importedGlobals;
    private readonly int _memories;
    private readonly int _tags;

    public ContextLayout(ModuleDefinition module)
    {
        _types = HeaderSize + (16 * module.ImportedFunctionCount);
        _tables = _types + (8 * module.Types.Length);
        _globals = new int[module.Globals.Length];
        _importedGlobals = module.ImportedGlobalCount;
        Size = _tables + (8 * module.Tables.Length);
        for (uint i = 0; i < _globals.Length; i++)
        {
            _globals[i] = Size;
            Size += IsGlobalIndirect(i) ? 8 : 8 * module.Globals[i].ValueType.Slots();
        }

        _memories = Size;
        _tags = _memories + (8 * Math.Max(0, module.Memories.Length - 1));
        Size = _tags + (8 * module.TagTypeIndices.Length);
    }

    /// <summary>Bytes of the whole block.</summary>
    public int Size { get; }

    public static int ImportSlot(uint functionIndex) => HeaderSize + (16 * (int)functionIndex);

    public int TypeSlot(uint typeIndex) => _types + (8 * (int)typeIndex);

    public int TableSlot(uint tableIndex) => _tables + (8 * (int)tableIndex);

    public int GlobalSlot(uint globalIndex) => _globals[globalIndex];

    /// <summary>Where the address of a memory's record is.</summary>
    public int MemorySlot(uint memoryIndex) => memoryIndex == 0 ? MemoryRecord : _memories + (8 * ((int)memoryIndex - 1));

    public int TagSlot(uint tagIndex) => _tags + (8 * (int)tagIndex);

    /// <summary>Whether the global's slot holds the address of the value instead of the value.</summary>
    public bool IsGlobalIndirect(uint globalIndex) => globalIndex < _importedGlobals;
}
