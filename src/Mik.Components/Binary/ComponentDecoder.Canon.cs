using Mik.Wasm.Runtime;

namespace Mik.Components.Binary;

// The canon section.
internal static partial class ComponentDecoder
{
    private static Definition DecodeCanon(ref ComponentReader reader)
    {
        var offset = reader.Offset;
        var code = reader.ReadByte();
        switch (code)
        {
            case 0x00:
                ReadFuncSort(ref reader);
                return new LiftDefinition(offset, reader.ReadU32(), ReadOptions(ref reader), reader.ReadU32());
            case 0x01:
                ReadFuncSort(ref reader);
                return new LowerDefinition(offset, reader.ReadU32(), ReadOptions(ref reader));
            case 0x02:
                return new ResourceBuiltinDefinition(offset, ResourceBuiltin.New, reader.ReadU32());
            case 0x03:
                return new ResourceBuiltinDefinition(offset, ResourceBuiltin.Drop, reader.ReadU32());
            case 0x04:
                return new ResourceBuiltinDefinition(offset, ResourceBuiltin.Rep, reader.ReadU32());
            case 0x06 or 0x0C or 0x20 or 0x21 or (>= 0x29 and <= 0x2D):
                throw reader.ReadByte() > 1 ? reader.Error("invalid boolean value") : Async(in reader, $"canonical built-in 0x{code:x2}");
            case 0x05 or (>= 0x09 and <= 0x2D) or (>= 0x40 and <= 0x42):
                throw Async(in reader, $"canonical built-in 0x{code:x2}");
            default:
                throw reader.Error($"malformed canonical function 0x{code:x2}");
        }
    }

    private static void ReadFuncSort(ref ComponentReader reader)
    {
        if (reader.ReadByte() != 0x00)
        {
            throw reader.Error("malformed canonical function");
        }
    }

    private static CanonicalOptionsSyntax ReadOptions(ref ComponentReader reader)
    {
        StringEncoding? encoding = null;
        uint? memory = null;
        uint? realloc = null;
        uint? postReturn = null;
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            var offset = reader.Offset;
            var code = reader.ReadByte();
            switch (code)
            {
                case <= 0x02:
                    RefuseRepeated(encoding is not null, offset);
                    encoding = (StringEncoding)code;
                    break;
                case 0x03:
                    RefuseRepeated(memory is not null, offset);
                    memory = reader.ReadU32();
                    break;
                case 0x04:
                    RefuseRepeated(realloc is not null, offset);
                    realloc = reader.ReadU32();
                    break;
                case 0x05:
                    RefuseRepeated(postReturn is not null, offset);
                    postReturn = reader.ReadU32();
                    break;
                case 0x06 or 0x07:
                    throw Async(in reader, "the async canonical option");
                default:
                    throw reader.Error($"malformed canonical option 0x{code:x2}");
            }
        }

        return new CanonicalOptionsSyntax(encoding ?? StringEncoding.Utf8, memory, realloc, postReturn);
    }

    private static void RefuseRepeated(bool repeated, int offset)
    {
        if (repeated)
        {
            throw new ModuleValidationException("a canonical option is given more than once", offset);
        }
    }
}
