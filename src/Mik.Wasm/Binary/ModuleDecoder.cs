using Mik.Wasm.Runtime;

namespace Mik.Wasm.Binary;

/// <summary>
/// Reads the binary format. Checks everything the specification calls malformed except inside function bodies, whose instructions
/// are read once, by the validator; of what it calls invalid, only what must be known to go on reading.
/// </summary>
/// <remarks>
/// Input is hostile: counts are compared with the bytes that are left before anything is allocated for them, nothing recurses, and
/// what is kept is proportional to the module's size.
/// </remarks>
// spec: binary-module
internal sealed partial class ModuleDecoder
{
    private const uint Magic = 0x6D736100;
    private const uint Version = 1;
    private const uint ComponentVersion = 0x0001000D;

    private readonly ModuleDefinition _module;
    private int _definedFunctions;
    private ByteRange? _nameSection;

    private ModuleDecoder(ModuleDefinition module) => _module = module;

    /// <param name="bytes">The module; must not change afterwards.</param>
    /// <param name="features">What it may use.</param>
    /// <exception cref="ModuleFormatException">The bytes are malformed.</exception>
    /// <exception cref="ModuleValidationException">The module uses a proposal that is not enabled or exceeds a limit.</exception>
    public static ModuleDefinition Decode(ReadOnlyMemory<byte> bytes, WasmFeatures features = WasmFeatures.All)
    {
        var module = new ModuleDefinition { Bytes = bytes, Features = features };
        new ModuleDecoder(module).Read(bytes.Span);
        return module;
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        var cursor = new ByteCursor(bytes);
        ReadPreamble(ref cursor);

        var last = SectionOrder.Start;
        while (!cursor.AtEnd)
        {
            var offset = cursor.Position;
            var id = cursor.ReadByte();
            var range = cursor.ReadRange(cursor.ReadU32());
            var section = new ByteCursor(bytes, range);
            if (id == (byte)SectionId.Custom)
            {
                ReadCustom(ref section);
                continue;
            }

            var order = OrderOf(id, offset);
            if (order <= last)
            {
                throw new ModuleFormatException("unexpected content after last section: section repeated or out of order", offset);
            }

            last = order;
            _module.SectionStarts[id] = range.Start;
            ReadSection((SectionId)id, ref section, bytes);
            if (!section.AtEnd)
            {
                throw new ModuleFormatException("section size mismatch", section.Position);
            }
        }

        CheckCounts(bytes.Length);
        if (_nameSection is { } names)
        {
            _module.FunctionNames = NameSection.ReadFunctionNames(bytes, names, _module.FunctionTypeIndices.Length);
        }
    }

    // spec: binary-magic
    private static void ReadPreamble(ref ByteCursor cursor)
    {
        if (cursor.ReadF32Bits() != Magic)
        {
            throw new ModuleFormatException("magic header not detected", 0);
        }

        var version = cursor.ReadF32Bits();
        if (version != Version)
        {
            throw new ModuleFormatException(
                version == ComponentVersion ? "a component where a core module is expected" : "unknown binary version", 4);
        }
    }

    private void ReadSection(SectionId id, ref ByteCursor section, ReadOnlySpan<byte> bytes)
    {
        switch (id)
        {
            case SectionId.Type:
                ReadTypes(ref section);
                break;
            case SectionId.Import:
                ReadImports(ref section);
                break;
            case SectionId.Function:
                ReadFunctions(ref section);
                break;
            case SectionId.Table:
                ReadTables(ref section);
                break;
            case SectionId.Memory:
                ReadMemories(ref section);
                break;
            case SectionId.Tag:
                ReadTags(ref section);
                break;
            case SectionId.Global:
                ReadGlobals(ref section);
                break;
            case SectionId.Export:
                ReadExports(ref section);
                break;
            case SectionId.Start:
                _module.Start = section.ReadU32();
                break;
            case SectionId.Element:
                ReadElements(ref section);
                break;
            case SectionId.DataCount:
                _module.DataCount = section.ReadU32();
                break;
            case SectionId.Code:
                ReadBodies(ref section, bytes);
                break;
            default:
                ReadData(ref section);
                break;
        }
    }

    // spec: binary-customsec
    private void ReadCustom(ref ByteCursor section)
    {
        var name = section.ReadName();
        if (name == "name")
        {
            _nameSection ??= new ByteRange(section.Position, section.Remaining);
        }
    }

    private void CheckCounts(int end)
    {
        if (_module.Bodies.Length != _definedFunctions)
        {
            throw new ModuleFormatException(
                $"function and code section have inconsistent lengths: {_definedFunctions} and {_module.Bodies.Length}", end);
        }

        if (_module.DataCount is { } count && count != _module.Data.Length)
        {
            throw new ModuleFormatException(
                $"data count and data section have inconsistent lengths: {count} and {_module.Data.Length}", end);
        }
    }

    private static SectionOrder OrderOf(byte id, int offset) => (SectionId)id switch
    {
        SectionId.Type => SectionOrder.Type,
        SectionId.Import => SectionOrder.Import,
        SectionId.Function => SectionOrder.Function,
        SectionId.Table => SectionOrder.Table,
        SectionId.Memory => SectionOrder.Memory,
        SectionId.Global => SectionOrder.Global,
        SectionId.Export => SectionOrder.Export,
        SectionId.Start => SectionOrder.StartFunction,
        SectionId.Element => SectionOrder.Element,
        SectionId.DataCount => SectionOrder.DataCount,
        SectionId.Code => SectionOrder.Code,
        SectionId.Data => SectionOrder.Data,
        SectionId.Tag => SectionOrder.Tag,
        _ => throw new ModuleFormatException($"malformed section id {id}", offset),
    };

    /// <summary>The order in which sections may appear, which is not that of their numbers.</summary>
    private enum SectionOrder : byte
    {
        Start,
        Type,
        Import,
        Function,
        Table,
        Memory,
        Tag,
        Global,
        Export,
        StartFunction,
        Element,
        DataCount,
        Code,
        Data,
    }
}
