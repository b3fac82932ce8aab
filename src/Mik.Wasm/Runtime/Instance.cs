using Mik.Wasm.Binary;
using Mik.Wasm.Runtime.Allocation;
using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>One instantiation of a <see cref="Module"/>. Belongs to its store and is used by one thread at a time.</summary>
// spec: syntax-moduleinst
public sealed unsafe class Instance
{
    private readonly NativeBlock _context;
    private readonly NativeBlock _funcRefs;
    private readonly Func?[] _importedFuncs;
    private readonly Extern?[] _exports;
    private readonly Global?[] _importedGlobals;
    private readonly bool[] _droppedData;
    private readonly bool[] _droppedElements;

    internal Instance(Module module, Store store)
    {
        Module = module;
        Store = store;
        var definition = module.Definition;
        _context = store.CreateContext(module.Layout.Size, this);
        _funcRefs = store.CreateBlock(ContextLayout.FuncRefSize * definition.ReferencedFunctions.Length);
        _context[ContextLayout.FuncRefs] = _funcRefs.Address;
        _importedFuncs = new Func?[definition.ImportedFunctionCount];
        _importedGlobals = new Global?[definition.ImportedGlobalCount];
        _exports = new Extern?[definition.Exports.Length];
        Memories = new Memory[definition.Memories.Length];
        Tables = new Table[definition.Tables.Length];
        Tags = new Tag[definition.TagTypeIndices.Length];
        _droppedData = new bool[definition.Data.Length];
        _droppedElements = new bool[definition.Elements.Length];
        for (uint i = 0; i < module.TypeIds.Length; i++)
        {
            _context[module.Layout.TypeSlot(i)] = module.TypeIds[i];
        }
    }

    /// <summary>The code.</summary>
    public Module Module { get; }

    /// <summary>Where it lives.</summary>
    public Store Store { get; }

    internal Memory[] Memories { get; }

    internal Table[] Tables { get; }

    internal Tag[] Tags { get; }

    private ModuleDefinition Definition => Module.Definition;

    /// <summary>The export of that name, or <see langword="null"/>.</summary>
    public Extern? GetExport(string name)
    {
        var index = Module.FindExport(name);
        return index < 0 ? null : _exports[index] ??= CreateExport(Definition.Exports[index]);
    }

    /// <summary>The instance whose context block this is.</summary>
    internal static Instance FromContext(nint context) =>
        (Instance)System.Runtime.InteropServices.GCHandle.FromIntPtr(*(nint*)(context + ContextLayout.InstanceHandle)).Target!;

    internal void SetImport(uint functionIndex, Func function)
    {
        var slot = ContextLayout.ImportSlot(functionIndex);
        var code = function.Callback is null ? function.Code : Module.HostThunk(Definition.FunctionTypeIndices[functionIndex]);
        _importedFuncs[functionIndex] = function;
        _context[slot + ContextLayout.ImportCode] = code;
        _context[slot + ContextLayout.ImportContext] = function.Context;
    }

    internal void SetMemory(int index, Memory memory)
    {
        Memories[index] = memory;
        _context[Module.Layout.MemorySlot((uint)index)] = memory.RecordAddress;
        if (index == 0)
        {
            _context[ContextLayout.MemoryBase] = memory.BaseAddress;
        }
    }

    internal void SetTable(int index, Table table)
    {
        Tables[index] = table;
        _context[Module.Layout.TableSlot((uint)index)] = table.RecordAddress;
    }

    internal void SetTag(int index, Tag tag)
    {
        Tags[index] = tag;
        _context[Module.Layout.TagSlot((uint)index)] = tag.Identity;
    }

    internal void SetImportedGlobal(uint index, Global global)
    {
        _importedGlobals[index] = global;
        _context[Module.Layout.GlobalSlot(index)] = global.Address;
    }

    internal void SetGlobal(uint index, UInt128 value)
    {
        var slot = Module.Layout.GlobalSlot(index);
        _context[slot] = (long)(ulong)value;
        if (IsVector(index))
        {
            _context[slot + 8] = (long)(ulong)(value >> 64);
        }
    }

    internal UInt128 GlobalValue(uint index)
    {
        if (index < _importedGlobals.Length)
        {
            return _importedGlobals[index]!.Bits;
        }

        var slot = Module.Layout.GlobalSlot(index);
        return new UInt128(IsVector(index) ? (ulong)_context[slot + 8] : 0, (ulong)_context[slot]);
    }

    /// <summary>Fills the function reference records; imports must be set.</summary>
    internal void WriteFuncRefs()
    {
        var functions = Definition.ReferencedFunctions;
        for (var slot = 0; slot < functions.Length; slot++)
        {
            var function = functions[slot];
            var import = ContextLayout.ImportSlot(function);
            var (code, context) = function < _importedFuncs.Length
                ? ((nint)_context[import + ContextLayout.ImportCode], (nint)_context[import + ContextLayout.ImportContext])
                : (Module.CodeOf(slot), _context.Address);
            var typeId = Module.TypeIds[Definition.FunctionTypeIndices[function]];
            FuncRef.Write(_funcRefs.Address + (ContextLayout.FuncRefSize * slot), typeId, code, context);
        }
    }

    internal nint FuncRefAddress(uint functionIndex) =>
        _funcRefs.Address + (ContextLayout.FuncRefSize * Definition.ReferencedFunctionSlot(functionIndex));

    internal Func GetFunc(uint functionIndex)
    {
        if (functionIndex < _importedFuncs.Length)
        {
            return _importedFuncs[functionIndex]!;
        }

        var type = Definition.FunctionTypeIndices[functionIndex];
        var code = Module.CodeOf(Definition.ReferencedFunctionSlot(functionIndex));
        return new Func(Store, Definition.Types[type], code, _context.Address, Module.EnterThunk(type));
    }

    /// <summary>The bytes of a data segment; empty once dropped.</summary>
    internal ReadOnlySpan<byte> DataOf(int segment) =>
        _droppedData[segment] ? [] : Definition.Bytes.Span.Slice(Definition.Data[segment].Content.Start, Definition.Data[segment].Content.Length);

    // spec: exec-data.drop
    internal void DropData(int segment) => _droppedData[segment] = true;

    // spec: exec-elem.drop
    internal void DropElement(int segment) => _droppedElements[segment] = true;

    // spec: exec-table.init
    internal void InitTable(int table, int segment, ulong destination, uint source, uint length)
    {
        var available = _droppedElements[segment] ? 0 : Definition.Elements[segment].Length;
        if ((ulong)source + length > (ulong)available)
        {
            throw new TrapException(TrapCode.TableOutOfBounds);
        }

        var target = Tables[table].Slice(destination, length);
        var elements = Definition.Elements[segment];
        for (var i = 0; i < target.Length; i++)
        {
            var item = (int)source + i;
            target[i] = elements.FunctionIndices is { } functions
                ? FuncRefAddress(functions[item])
                : (long)ConstantEvaluator.Evaluate(this, elements.Expressions![item]);
        }
    }

    // spec: exec-memory.init
    internal void InitMemory(int memory, int segment, ulong destination, uint source, uint length)
    {
        var data = DataOf(segment);
        if ((ulong)source + length > (ulong)data.Length)
        {
            throw new TrapException(TrapCode.MemoryOutOfBounds);
        }

        data.Slice((int)source, (int)length).CopyTo(Memories[memory].Slice(destination, length));
    }

    /// <summary>Remembers the instance's whole state; no guest code may be running in it.</summary>
    /// <exception cref="NotSupportedException">A table or global refers to another instance's functions, or to an exception.</exception>
    public InstanceImage Capture() => InstanceImage.Of(this, _funcRefs, _droppedData, _droppedElements);

    /// <summary>Sets the whole state to that of an image of the same module; no guest code may be running in it.</summary>
    public void Restore(InstanceImage image)
    {
        image.WriteTo(this, _funcRefs);
        image.DroppedData.CopyTo(_droppedData, 0);
        image.DroppedElements.CopyTo(_droppedElements, 0);
    }

    /// <summary>Remembers the state to go back to between uses; no guest code may be running in it.</summary>
    /// <param name="twin">
    /// A checkpoint of another instance of the same module whose memories hold the same, so that both share one copy.
    /// </param>
    public InstanceCheckpoint Checkpoint(InstanceCheckpoint? twin = null) => new(this, twin, _droppedData, _droppedElements);

    /// <summary>Goes back to a checkpoint of this instance; no guest code may be running in it.</summary>
    public void Restore(InstanceCheckpoint checkpoint) => checkpoint.Restore(_droppedData, _droppedElements);

    private bool IsVector(uint globalIndex) => Definition.Globals[globalIndex].ValueType == ValType.V128;

    private Extern CreateExport(ExportDeclaration export) => export.Kind switch
    {
        ExternKind.Func => GetFunc(export.Index),
        ExternKind.Table => Tables[export.Index],
        ExternKind.Memory => Memories[export.Index],
        ExternKind.Tag => Tags[export.Index],
        _ => export.Index < _importedGlobals.Length
            ? _importedGlobals[export.Index]!
            : new Global(Store, Definition.Globals[export.Index], _context.Address + Module.Layout.GlobalSlot(export.Index)),
    };
}
