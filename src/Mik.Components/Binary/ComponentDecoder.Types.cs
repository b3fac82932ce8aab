using System.Collections.Immutable;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Components.Binary;

// The type grammar, component and core.
internal static partial class ComponentDecoder
{
    private static ModuleFormatException Async(in ComponentReader reader, string what) =>
        reader.Error($"{what}: WASI 0.3 and the asynchronous component ABI are not supported yet; build for WASI 0.2");

    private static TypeSyntax DecodeType(ref ComponentReader reader, int depth)
    {
        var code = reader.ReadByte();
        switch (code)
        {
            case 0x72:
                return new RecordSyntax(ReadLabelledTypes(ref reader));
            case 0x71:
                return new VariantSyntax(ReadCases(ref reader));
            case 0x70:
                return new ListSyntax(ReadValueType(ref reader));
            case 0x6F:
                var types = new ValueTypeSyntax[reader.ReadCount()];
                for (var i = 0; i < types.Length; i++)
                {
                    types[i] = ReadValueType(ref reader);
                }

                return new TupleSyntax(types);
            case 0x6E:
                return new FlagsSyntax(ReadLabels(ref reader));
            case 0x6D:
                return new EnumSyntax(ReadLabels(ref reader));
            case 0x6B:
                return new OptionSyntax(ReadValueType(ref reader));
            case 0x6A:
                return new ResultSyntax(ReadOptionalValueType(ref reader), ReadOptionalValueType(ref reader));
            case 0x69:
                return new HandleSyntax(IsOwn: true, reader.ReadU32());
            case 0x68:
                return new HandleSyntax(IsOwn: false, reader.ReadU32());
            case 0x67:
                return new FixedListSyntax(ReadValueType(ref reader), reader.ReadU32());
            case 0x66:
                throw Async(in reader, "stream types");
            case 0x65:
                throw Async(in reader, "future types");
            case 0x63:
                return new MapSyntax(ReadValueType(ref reader), ReadValueType(ref reader));
            case 0x43:
                throw Async(in reader, "async functions");
            case 0x42:
                return new InstanceSyntax(ReadDeclarations(ref reader, depth + 1, inComponent: false));
            case 0x41:
                return new ComponentSyntax(ReadDeclarations(ref reader, depth + 1, inComponent: true));
            case 0x40:
                return new FuncSyntax(ReadLabelledTypes(ref reader), ReadResult(ref reader));
            case 0x3F:
                return ReadResource(ref reader);
            default:
                return new PrimitiveSyntax(Primitive(in reader, code));
        }
    }

    private static PrimitiveKind Primitive(in ComponentReader reader, int code) => code switch
    {
        0x7F => PrimitiveKind.Bool,
        0x7E => PrimitiveKind.S8,
        0x7D => PrimitiveKind.U8,
        0x7C => PrimitiveKind.S16,
        0x7B => PrimitiveKind.U16,
        0x7A => PrimitiveKind.S32,
        0x79 => PrimitiveKind.U32,
        0x78 => PrimitiveKind.S64,
        0x77 => PrimitiveKind.U64,
        0x76 => PrimitiveKind.F32,
        0x75 => PrimitiveKind.F64,
        0x74 => PrimitiveKind.Char,
        0x73 => PrimitiveKind.String,
        0x64 => throw Async(in reader, "error contexts"),
        _ => throw reader.Error($"malformed type 0x{code:x2}"),
    };

    private static ValueTypeSyntax ReadValueType(ref ComponentReader reader)
    {
        var value = reader.ReadS33();
        if (value >= 0)
        {
            return new ValueTypeSyntax(default, (uint)value);
        }

        return value >= -64
            ? new ValueTypeSyntax(Primitive(in reader, (int)(value & 0x7F)), null)
            : throw reader.Error("malformed value type");
    }

    private static ValueTypeSyntax? ReadOptionalValueType(ref ComponentReader reader) => reader.ReadByte() switch
    {
        0x00 => null,
        0x01 => ReadValueType(ref reader),
        _ => throw reader.Error("malformed optional type"),
    };

    private static LabelledType[] ReadLabelledTypes(ref ComponentReader reader)
    {
        var fields = new LabelledType[reader.ReadCount()];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new LabelledType(reader.ReadName(), ReadValueType(ref reader));
        }

        return fields;
    }

    private static LabelledType[] ReadCases(ref ComponentReader reader)
    {
        var cases = new LabelledType[reader.ReadCount()];
        for (var i = 0; i < cases.Length; i++)
        {
            cases[i] = new LabelledType(reader.ReadName(), ReadOptionalValueType(ref reader));
            if (reader.ReadByte() != 0x00)
            {
                throw reader.Error("malformed variant case");
            }
        }

        return cases;
    }

    private static string[] ReadLabels(ref ComponentReader reader)
    {
        var labels = new string[reader.ReadCount()];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = reader.ReadName();
        }

        return labels;
    }

    private static ValueTypeSyntax? ReadResult(ref ComponentReader reader)
    {
        switch (reader.ReadByte())
        {
            case 0x00:
                return ReadValueType(ref reader);
            case 0x01:
                return reader.ReadByte() == 0x00 ? null : throw reader.Error("malformed result list: it has names");
            default:
                throw reader.Error("malformed result list");
        }
    }

    private static ResourceSyntax ReadResource(ref ComponentReader reader)
    {
        var representation = ReadCoreValueType(ref reader);
        uint? destructor = reader.ReadByte() switch
        {
            0x00 => null,
            0x01 => reader.ReadU32(),
            _ => throw reader.Error("malformed optional destructor"),
        };
        return new ResourceSyntax(representation, destructor);
    }

    private static Definition[] ReadDeclarations(ref ComponentReader reader, int depth, bool inComponent)
    {
        CheckNesting(in reader, depth);
        var declarations = new Definition[reader.ReadCount()];
        for (var i = 0; i < declarations.Length; i++)
        {
            var offset = reader.Offset;
            declarations[i] = reader.ReadByte() switch
            {
                0x00 => new CoreTypeDefinition(offset, DecodeCoreType(ref reader, depth)),
                0x01 => new TypeDefinition(offset, DecodeType(ref reader, depth)),
                0x02 => DecodeAlias(ref reader),
                0x03 when inComponent => DecodeImport(ref reader),
                0x04 => new ExportDeclaration(offset, ReadExternName(ref reader), ReadExternType(ref reader)),
                var code => throw reader.Error($"malformed declarator 0x{code:x2}"),
            };
        }

        return declarations;
    }

    private static ExternSyntax ReadExternType(ref ComponentReader reader)
    {
        switch (reader.ReadByte())
        {
            case 0x00:
                return reader.ReadByte() == 0x11
                    ? new ExternSyntax(Sort.CoreModule, reader.ReadU32())
                    : throw reader.Error("of the core sorts only modules can be imported and exported");
            case 0x01:
                return new ExternSyntax(Sort.Func, reader.ReadU32());
            case 0x02:
                throw reader.Error("component values are not supported");
            case 0x03:
                return reader.ReadByte() switch
                {
                    0x00 => new ExternSyntax(Sort.Type, reader.ReadU32()),
                    0x01 => new ExternSyntax(Sort.Type, null),
                    _ => throw reader.Error("malformed type bound"),
                };
            case 0x04:
                return new ExternSyntax(Sort.Component, reader.ReadU32());
            case 0x05:
                return new ExternSyntax(Sort.Instance, reader.ReadU32());
            default:
                throw reader.Error("malformed type of an import or export");
        }
    }

    private static CoreTypeSyntax DecodeCoreType(ref ComponentReader reader, int depth)
    {
        switch (reader.ReadByte())
        {
            case 0x60:
                return new CoreFuncSyntax(new FuncType(ReadCoreValueTypes(ref reader), ReadCoreValueTypes(ref reader)));
            case 0x50:
                CheckNesting(in reader, depth + 1);
                var declarations = new CoreModuleDeclaration[reader.ReadCount()];
                for (var i = 0; i < declarations.Length; i++)
                {
                    declarations[i] = ReadCoreModuleDeclaration(ref reader, depth + 1);
                }

                return new CoreModuleSyntax(declarations);
            case 0x00 or 0x4E or 0x4F or 0x5E or 0x5F:
                throw reader.Error("garbage-collected core types are not supported");
            case var code:
                throw reader.Error($"malformed core type 0x{code:x2}");
        }
    }

    private static CoreModuleDeclaration ReadCoreModuleDeclaration(ref ComponentReader reader, int depth)
    {
        var offset = reader.Offset;
        switch (reader.ReadByte())
        {
            case 0x00:
                return new CoreImportDeclaration(offset, reader.ReadName(), reader.ReadName(), ReadCoreExternType(ref reader));
            case 0x01:
                return new CoreTypeDeclaration(offset, DecodeCoreType(ref reader, depth));
            case 0x02:
                if (reader.ReadByte() != 0x10 || reader.ReadByte() != 0x01)
                {
                    throw reader.Error("malformed alias in a core module type");
                }

                return new CoreOuterAliasDeclaration(offset, reader.ReadU32(), reader.ReadU32());
            case 0x03:
                return new CoreExportDeclaration(offset, reader.ReadName(), ReadCoreExternType(ref reader));
            default:
                throw reader.Error("malformed declarator in a core module type");
        }
    }

    private static CoreExternSyntax ReadCoreExternType(ref ComponentReader reader)
    {
        switch (reader.ReadByte())
        {
            case 0x00:
                return new CoreExternSyntax(null, reader.ReadU32());
            case 0x01:
                var element = ReadCoreValueType(ref reader);
                return element.IsReference()
                    ? new CoreExternSyntax(new TableType(element, ReadLimits(ref reader, out var has64BitIndices), has64BitIndices), 0)
                    : throw reader.Error("malformed table type");
            case 0x02:
                return new CoreExternSyntax(new MemoryType(ReadLimits(ref reader, out var has64BitAddresses), has64BitAddresses), 0);
            case 0x03:
                var value = ReadCoreValueType(ref reader);
                var mutability = reader.ReadByte();
                return mutability <= 1
                    ? new CoreExternSyntax(new GlobalType(value, mutability == 1), 0)
                    : throw reader.Error("malformed mutability");
            case 0x04:
                return reader.ReadByte() == 0
                    ? new CoreExternSyntax(null, reader.ReadU32(), IsTag: true)
                    : throw reader.Error("malformed tag attribute");
            default:
                throw reader.Error("malformed core import or export type");
        }
    }

    private static Limits ReadLimits(ref ComponentReader reader, out bool is64)
    {
        const int HasMax = 1;
        const int Addresses64 = 4;
        var flags = reader.ReadByte();
        if ((flags & ~(HasMax | Addresses64)) != 0)
        {
            throw reader.Error("malformed limits, or limits of an unsupported kind");
        }

        is64 = (flags & Addresses64) != 0;
        return is64
            ? new Limits(reader.ReadU64(), (flags & HasMax) != 0 ? reader.ReadU64() : null)
            : new Limits(reader.ReadU32(), (flags & HasMax) != 0 ? reader.ReadU32() : null);
    }

    private static ImmutableArray<ValType> ReadCoreValueTypes(ref ComponentReader reader)
    {
        var types = ImmutableArray.CreateBuilder<ValType>(reader.ReadCount());
        for (var i = types.Capacity; i > 0; i--)
        {
            types.Add(ReadCoreValueType(ref reader));
        }

        return types.DrainToImmutable();
    }

    private static ValType ReadCoreValueType(ref ComponentReader reader)
    {
        var type = (ValType)reader.ReadByte();
        return Enum.IsDefined(type) ? type : throw reader.Error($"malformed core value type 0x{(byte)type:x2}");
    }
}
