using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Wasm.Binary;

/// <summary>
/// Types as they are encoded. Encodings of proposals we do not implement are recognized, so that their users learn what is missing
/// instead of reading that the module is corrupt.
/// </summary>
// spec: binary-type
internal static class Encodings
{
    public const byte FunctionType = 0x60;
    public const byte EmptyBlock = 0x40;
    public const byte ConstGlobal = 0x00;
    public const byte MutableGlobal = 0x01;

    // spec: binary-valtype
    public static ValType ReadValueType(ref this ByteCursor cursor)
    {
        var offset = cursor.Position;
        return ValueType(cursor.ReadByte(), offset);
    }

    // spec: binary-reftype
    public static ValType ReadReferenceType(ref this ByteCursor cursor)
    {
        var offset = cursor.Position;
        var code = cursor.ReadByte();
        return (ValType)code is ValType.FuncRef or ValType.ExternRef
            ? (ValType)code
            : throw UnknownType(code, "malformed reference type", offset);
    }

    // spec: binary-blocktype
    public static BlockType ReadBlockType(ref this ByteCursor cursor)
    {
        var offset = cursor.Position;
        var first = cursor.PeekByte();
        if (first is >= EmptyBlock and < 0x80)
        {
            cursor.ReadByte();
            return first == EmptyBlock ? BlockType.Empty : BlockType.OfResult(ValueType(first, offset));
        }

        var index = cursor.ReadS33();
        return index >= 0
            ? BlockType.OfType((uint)index)
            : throw new ModuleFormatException("malformed block type", offset);
    }

    // spec: binary-limits
    public static Limits ReadLimits(ref this ByteCursor cursor)
    {
        var offset = cursor.Position;
        var flags = cursor.ReadByte();
        switch (flags)
        {
            case 0x00:
                return new Limits(cursor.ReadU32(), null);
            case 0x01:
                return new Limits(cursor.ReadU32(), cursor.ReadU32());
            case 0x02 or 0x03:
                throw new ModuleValidationException("shared memory (threads) is not supported", offset);
            case >= 0x04 and <= 0x07:
                throw FeatureText.Refusal(WasmFeatures.Memory64, offset);
            case >= 0x08 and <= 0x0F:
                throw new ModuleValidationException("custom page sizes are not supported", offset);
            default:
                throw new ModuleFormatException("malformed limits flags", offset);
        }
    }

    public static TableType ReadTableType(ref this ByteCursor cursor) => new(cursor.ReadReferenceType(), cursor.ReadLimits());

    // spec: binary-globaltype
    public static GlobalType ReadGlobalType(ref this ByteCursor cursor)
    {
        var type = cursor.ReadValueType();
        var offset = cursor.Position;
        return cursor.ReadByte() switch
        {
            ConstGlobal => new GlobalType(type, IsMutable: false),
            MutableGlobal => new GlobalType(type, IsMutable: true),
            _ => throw new ModuleFormatException("malformed mutability", offset),
        };
    }

    /// <summary>The error for an instruction that is not in <see cref="OpcodeTable"/>.</summary>
    public static ModuleException UnknownInstruction(byte code, int offset) => code switch
    {
        0xFE => new ModuleValidationException("atomic instructions (threads) are not supported", offset),
        0xFB => new ModuleValidationException("garbage-collected types are not supported", offset),
        0x06 or 0x07 or 0x08 or 0x09 or 0x0A or 0x18 or 0x19 or 0x1F =>
            FeatureText.Refusal(WasmFeatures.ExceptionHandling, offset),
        0x14 or 0x15 or 0xD3 or 0xD4 or 0xD5 or 0xD6 =>
            FeatureText.Refusal(WasmFeatures.FunctionReferences, offset),
        _ => new ModuleFormatException($"illegal opcode 0x{code:x2}", offset),
    };

    private static ValType ValueType(byte code, int offset) => (ValType)code switch
    {
        ValType.I32 or ValType.I64 or ValType.F32 or ValType.F64 or ValType.V128 or ValType.FuncRef or ValType.ExternRef => (ValType)code,
        _ => throw UnknownType(code, "malformed value type", offset),
    };

    private static ModuleException UnknownType(byte code, string otherwise, int offset) => code switch
    {
        0x63 or 0x64 => FeatureText.Refusal(WasmFeatures.FunctionReferences, offset),
        0x69 or 0x74 => FeatureText.Refusal(WasmFeatures.ExceptionHandling, offset),
        >= 0x6A and <= 0x6E or >= 0x71 and <= 0x73 or 0x77 or 0x78 =>
            new ModuleValidationException("garbage-collected types are not supported", offset),
        _ => new ModuleFormatException($"{otherwise} 0x{code:x2}", offset),
    };
}
