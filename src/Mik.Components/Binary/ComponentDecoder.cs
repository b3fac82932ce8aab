using Mik.Wasm.Runtime;

namespace Mik.Components.Binary;

/// <summary>Reads the component binary format. Checks what is malformed; what is invalid is left to the validator.</summary>
internal static partial class ComponentDecoder
{
    /// <summary>Deepest nesting of components and of component and instance types; the reference implementations use the same.</summary>
    public const int MaxNesting = 100;

    private const int PreambleLength = 8;
    private const uint Magic = 0x6D73_6100;
    private const uint ComponentVersionAndLayer = 0x0001_000D;
    private const uint CoreModuleVersion = 1;

    public static bool IsComponent(ReadOnlySpan<byte> binary) =>
        binary.Length >= PreambleLength
        && BitConverter.ToUInt32(binary) == Magic
        && BitConverter.ToUInt32(binary[4..]) >> 16 == 1;

    /// <exception cref="ModuleFormatException">The bytes are malformed, or are a core module.</exception>
    public static ComponentDefinition Decode(ReadOnlySpan<byte> binary)
    {
        var reader = new ComponentReader(binary, 0, binary.Length);
        return DecodeComponent(ref reader, 0);
    }

    private static ComponentDefinition DecodeComponent(ref ComponentReader reader, int depth)
    {
        CheckNesting(in reader, depth);
        var component = new ComponentDefinition { Offset = reader.Offset };
        ReadPreamble(ref reader);
        while (!reader.AtEnd)
        {
            var id = reader.ReadByte();
            var size = reader.ReadU32();
            if (size > (uint)reader.Remaining)
            {
                throw reader.Error("unexpected end: a section is longer than what follows");
            }

            var section = reader.ReadRange((int)size);
            DecodeSection(component, id, ref section, depth);
            if (!section.AtEnd)
            {
                throw section.Error("section size mismatch");
            }
        }

        return component;
    }

    private static void CheckNesting(in ComponentReader reader, int depth)
    {
        if (depth > MaxNesting)
        {
            throw reader.Error($"components are nested more than {MaxNesting} deep");
        }
    }

    private static void ReadPreamble(ref ComponentReader reader)
    {
        if (ReadFixedU32(ref reader) != Magic)
        {
            throw reader.Error("magic header not detected: this is not WebAssembly");
        }

        var version = ReadFixedU32(ref reader);
        if (version == CoreModuleVersion)
        {
            throw reader.Error(
                "this is a core WebAssembly module, and a component is needed: one that exports wasi:http/incoming-handler. "
                + "Build with a component toolchain, or wrap the module, for example with `wasm-tools component new`");
        }

        if (version != ComponentVersionAndLayer)
        {
            throw reader.Error($"unknown binary version 0x{version:x8}");
        }
    }

    private static uint ReadFixedU32(ref ComponentReader reader) =>
        reader.ReadByte() | (uint)reader.ReadByte() << 8 | (uint)reader.ReadByte() << 16 | (uint)reader.ReadByte() << 24;

    private static void DecodeSection(ComponentDefinition component, byte id, ref ComponentReader section, int depth)
    {
        var definitions = component.Definitions;
        switch (id)
        {
            case 0:
                _ = section.ReadName();
                _ = section.ReadRange(section.Remaining);
                return;
            case 1:
                definitions.Add(new CoreModuleDefinition(section.Offset, section.Remaining));
                _ = section.ReadRange(section.Remaining);
                return;
            case 4:
                var offset = section.Offset;
                definitions.Add(new NestedComponentDefinition(offset, DecodeComponent(ref section, depth + 1)));
                return;
            case 9:
                throw section.Error("component start functions are not supported");
            case 12:
                throw section.Error("component values are not supported");
            case > 12:
                throw section.Error($"malformed section id {id}");
        }

        var count = section.ReadCount();
        for (var i = 0; i < count; i++)
        {
            definitions.Add(id switch
            {
                2 => DecodeCoreInstance(ref section),
                3 => new CoreTypeDefinition(section.Offset, DecodeCoreType(ref section, depth)),
                5 => DecodeInstance(ref section),
                6 => DecodeAlias(ref section),
                7 => new TypeDefinition(section.Offset, DecodeType(ref section, depth)),
                8 => DecodeCanon(ref section),
                10 => DecodeImport(ref section),
                _ => DecodeExport(ref section),
            });
        }
    }

    private static Definition DecodeCoreInstance(ref ComponentReader reader)
    {
        var offset = reader.Offset;
        switch (reader.ReadByte())
        {
            case 0x00:
                var module = reader.ReadU32();
                var arguments = new NamedIndex[reader.ReadCount()];
                for (var i = 0; i < arguments.Length; i++)
                {
                    var name = reader.ReadName();
                    if (reader.ReadByte() != 0x12)
                    {
                        throw reader.Error("a core module can only be instantiated with core instances");
                    }

                    arguments[i] = new NamedIndex(name, reader.ReadU32());
                }

                return new CoreInstantiateDefinition(offset, module, arguments);
            case 0x01:
                var exports = new NamedSortIndex[reader.ReadCount()];
                for (var i = 0; i < exports.Length; i++)
                {
                    exports[i] = new NamedSortIndex(reader.ReadName(), new SortIndex(ReadCoreSort(ref reader), reader.ReadU32()));
                }

                return new CoreInlineInstanceDefinition(offset, exports);
            default:
                throw reader.Error("malformed core instance expression");
        }
    }

    private static Definition DecodeInstance(ref ComponentReader reader)
    {
        var offset = reader.Offset;
        switch (reader.ReadByte())
        {
            case 0x00:
                var component = reader.ReadU32();
                var arguments = new NamedSortIndex[reader.ReadCount()];
                for (var i = 0; i < arguments.Length; i++)
                {
                    arguments[i] = new NamedSortIndex(reader.ReadName(), ReadSortIndex(ref reader));
                }

                return new InstantiateDefinition(offset, component, arguments);
            case 0x01:
                var exports = new InlineExport[reader.ReadCount()];
                for (var i = 0; i < exports.Length; i++)
                {
                    exports[i] = new InlineExport(ReadExternName(ref reader), ReadSortIndex(ref reader));
                }

                return new InlineInstanceDefinition(offset, exports);
            default:
                throw reader.Error("malformed instance expression");
        }
    }

    private static Definition DecodeAlias(ref ComponentReader reader)
    {
        var offset = reader.Offset;
        var sort = ReadSort(ref reader);
        switch (reader.ReadByte())
        {
            case 0x00:
                return new ExportAliasDefinition(offset, sort, reader.ReadU32(), reader.ReadName());
            case 0x01:
                return new CoreExportAliasDefinition(offset, sort, reader.ReadU32(), reader.ReadName());
            case 0x02:
                return new OuterAliasDefinition(offset, sort, reader.ReadU32(), reader.ReadU32());
            default:
                throw reader.Error("malformed alias target");
        }
    }

    private static ImportDefinition DecodeImport(ref ComponentReader reader)
    {
        var offset = reader.Offset;
        return new ImportDefinition(offset, ReadExternName(ref reader), ReadExternType(ref reader));
    }

    private static ExportDefinition DecodeExport(ref ComponentReader reader)
    {
        var offset = reader.Offset;
        var name = ReadExternName(ref reader);
        var target = ReadSortIndex(ref reader);
        var type = reader.ReadByte() switch
        {
            0x00 => null,
            0x01 => ReadExternType(ref reader),
            _ => throw reader.Error("malformed optional type of an export"),
        };
        return new ExportDefinition(offset, name, target, type);
    }

    private static SortIndex ReadSortIndex(ref ComponentReader reader) => new(ReadSort(ref reader), reader.ReadU32());

    private static Sort ReadSort(ref ComponentReader reader) => reader.ReadByte() switch
    {
        0x00 => ReadCoreSort(ref reader),
        0x01 => Sort.Func,
        0x02 => throw reader.Error("component values are not supported"),
        0x03 => Sort.Type,
        0x04 => Sort.Component,
        0x05 => Sort.Instance,
        var code => throw reader.Error($"malformed sort 0x{code:x2}"),
    };

    private static Sort ReadCoreSort(ref ComponentReader reader) => reader.ReadByte() switch
    {
        0x00 => Sort.CoreFunc,
        0x01 => Sort.CoreTable,
        0x02 => Sort.CoreMemory,
        0x03 => Sort.CoreGlobal,
        0x04 => Sort.CoreTag,
        0x10 => Sort.CoreType,
        0x11 => Sort.CoreModule,
        0x12 => Sort.CoreInstance,
        var code => throw reader.Error($"malformed core sort 0x{code:x2}"),
    };

    // The first two leading bytes mean the same; the third form carries attributes.
    private static ExternNameSyntax ReadExternName(ref ComponentReader reader)
    {
        var form = reader.ReadByte();
        if (form > 0x02)
        {
            throw reader.Error($"malformed name 0x{form:x2}");
        }

        var name = reader.ReadName();
        return form == 0x02 ? ReadAttributes(ref reader, name) : new ExternNameSyntax(name);
    }

    private static ExternNameSyntax ReadAttributes(ref ComponentReader reader, string name)
    {
        var attributes = new string?[3];
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            var kind = reader.ReadByte();
            if (kind >= attributes.Length || attributes[kind] is not null)
            {
                throw reader.Error("malformed or repeated name attribute");
            }

            attributes[kind] = reader.ReadName();
        }

        return new ExternNameSyntax(name, attributes[0], attributes[1]);
    }
}
