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

    private const byte NullableReference = 0x63;
    private const byte Reference = 0x64;

    // spec: binary-valtype
    public static ValType ReadValueType(ref this ByteCursor cursor, ModuleDefinition module)
    {
        var offset = cursor.Position;
        var type = (ValType)cursor.PeekByte();
        switch (type)
        {
            case ValType.V128:
                module.Require(WasmFeatures.Simd, offset);
                cursor.ReadByte();
                return type;

            case ValType.I32 or ValType.I64 or ValType.F32 or ValType.F64:
                cursor.ReadByte();
                return type;

            default:
                return cursor.ReadReferenceType(module, "malformed value type");
        }
    }

    // spec: binary-reftype
    public static ValType ReadReferenceType(ref this ByteCursor cursor, ModuleDefinition module, string otherwise = "malformed reference type")
    {
        var offset = cursor.Position;
        var code = cursor.ReadByte();
        switch (code)
        {
            case (byte)ValType.FuncRef or (byte)ValType.ExternRef:
                return (ValType)code;

            case (byte)ValType.ExnRef:
                module.Require(WasmFeatures.ExceptionHandling, offset);
                return ValType.ExnRef;

            case NullableReference:
                module.Require(WasmFeatures.FunctionReferences, offset);
                return cursor.ReadHeapType(module);

            case Reference:
                module.Require(WasmFeatures.FunctionReferences, offset);
                return cursor.ReadHeapType(module).WithoutNull();

            default:
                throw UnknownType(code, otherwise, offset);
        }
    }

    /// <summary>What a reference refers to, as the nullable reference to it.</summary>
    // spec: binary-heaptype
    public static ValType ReadHeapType(ref this ByteCursor cursor, ModuleDefinition module)
    {
        var offset = cursor.Position;
        var heap = cursor.ReadS33();
        if (heap >= 0)
        {
            module.Require(WasmFeatures.FunctionReferences, offset);
            return ValTypes.ReferenceTo(module.TypeAt(heap, offset), isNullable: true);
        }

        // Codes are the negative numbers of one byte.
        var code = heap >= -64 ? (byte)(heap + 0x80) : (byte)0;
        switch (code)
        {
            case (byte)ValType.FuncRef or (byte)ValType.ExternRef:
                return (ValType)code;

            case (byte)ValType.ExnRef:
                module.Require(WasmFeatures.ExceptionHandling, offset);
                return ValType.ExnRef;

            default:
                throw UnknownType(code, "malformed heap type", offset);
        }
    }

    // spec: binary-blocktype
    public static BlockType ReadBlockType(ref this ByteCursor cursor, ModuleDefinition module)
    {
        var offset = cursor.Position;
        var first = cursor.PeekByte();
        if (first == EmptyBlock)
        {
            cursor.ReadByte();
            return BlockType.Empty;
        }

        if (first is > EmptyBlock and < 0x80)
        {
            return BlockType.OfResult(cursor.ReadValueType(module));
        }

        var index = cursor.ReadS33();
        return index >= 0
            ? BlockType.OfType((uint)index)
            : throw new ModuleFormatException("malformed block type", offset);
    }

    public static TableType ReadTableType(ref this ByteCursor cursor, ModuleDefinition module)
    {
        var element = cursor.ReadReferenceType(module);
        var limits = cursor.ReadLimits(module, out var is64);
        return new TableType(element, limits, is64);
    }

    public static MemoryType ReadMemoryType(ref this ByteCursor cursor, ModuleDefinition module)
    {
        var limits = cursor.ReadLimits(module, out var is64);
        return new MemoryType(limits, is64);
    }

    // spec: binary-globaltype
    public static GlobalType ReadGlobalType(ref this ByteCursor cursor, ModuleDefinition module)
    {
        var type = cursor.ReadValueType(module);
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
        0xFB or 0xD3 => new ModuleValidationException("garbage-collected types are not supported", offset),
        0x06 or 0x07 or 0x09 or 0x18 or 0x19 =>
            new ModuleValidationException("exception handling in its older form (legacy-exceptions) is not supported", offset),
        _ => new ModuleFormatException($"illegal opcode 0x{code:x2}", offset),
    };

    // spec: binary-limits
    private static Limits ReadLimits(ref this ByteCursor cursor, ModuleDefinition module, out bool is64)
    {
        const int HasMax = 1;
        const int Shared = 2;
        const int Addresses64 = 4;
        const int CustomPageSize = 8;
        var offset = cursor.Position;
        var flags = cursor.ReadByte();
        if (flags > (HasMax | Shared | Addresses64 | CustomPageSize))
        {
            throw new ModuleFormatException("malformed limits flags", offset);
        }

        if ((flags & Shared) != 0)
        {
            throw new ModuleValidationException("shared memory (threads) is not supported", offset);
        }

        if ((flags & CustomPageSize) != 0)
        {
            throw new ModuleValidationException("custom page sizes are not supported", offset);
        }

        is64 = (flags & Addresses64) != 0;
        if (is64)
        {
            module.Require(WasmFeatures.Memory64, offset);
            return new Limits(cursor.ReadU64(), (flags & HasMax) != 0 ? cursor.ReadU64() : null);
        }

        return new Limits(cursor.ReadU32(), (flags & HasMax) != 0 ? cursor.ReadU32() : null);
    }

    private static ModuleException UnknownType(byte code, string otherwise, int offset) => code switch
    {
        >= 0x6A and <= 0x6E or >= 0x71 and <= 0x75 or 0x68 or 0x77 or 0x78 =>
            new ModuleValidationException("garbage-collected types are not supported", offset),
        _ => new ModuleFormatException($"{otherwise} 0x{code:x2}", offset),
    };
}
