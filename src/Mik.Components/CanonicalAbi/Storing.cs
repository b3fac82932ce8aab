using System.Buffers.Binary;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Components.CanonicalAbi;

/// <summary>Writes values to linear memory.</summary>
internal static class Storing
{
    /// <param name="cx">The side the value goes to.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">The value's type.</param>
    /// <param name="at">Exactly the value's bytes. They stay where they are when the memory grows.</param>
    // cabi: store
    public static void Store(LiftLowerContext cx, in ComponentValue value, AbiType type, Span<byte> at)
    {
        switch (type.Kind)
        {
            case AbiKind.Bool:
                at[0] = value.AsBool ? (byte)1 : (byte)0;
                break;
            case AbiKind.U8 or AbiKind.S8:
                at[0] = (byte)value.Bits;
                break;
            case AbiKind.U16 or AbiKind.S16:
                BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)value.Bits);
                break;
            case AbiKind.U32 or AbiKind.S32:
                BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)value.Bits);
                break;
            case AbiKind.U64 or AbiKind.S64:
                BinaryPrimitives.WriteUInt64LittleEndian(at, value.Bits);
                break;
            case AbiKind.F32:
                BinaryPrimitives.WriteUInt32LittleEndian(at, Loading.CanonicalizeNan32((uint)value.Bits));
                break;
            case AbiKind.F64:
                BinaryPrimitives.WriteUInt64LittleEndian(at, Loading.CanonicalizeNan64(value.Bits));
                break;
            case AbiKind.Char:
                BinaryPrimitives.WriteUInt32LittleEndian(at, CharToI32(value));
                break;
            case AbiKind.String:
                StoreRange(at, Strings.StoreStringIntoRange(cx, value));
                break;
            case AbiKind.ByteList or AbiKind.List:
                StoreRange(at, StoreListIntoRange(cx, value, type));
                break;
            case AbiKind.FixedList:
                StoreElements(cx, value.AsValues, type.Element!, at);
                break;
            case AbiKind.Record:
                StoreFields(cx, value.AsValues, type, at);
                break;
            case AbiKind.Variant:
                StoreVariant(cx, value, type, at);
                break;
            case AbiKind.Flags:
                StoreUnsigned(at, type.Size, (uint)value.Bits & type.FlagsMask);
                break;
            case AbiKind.Own:
                BinaryPrimitives.WriteUInt32LittleEndian(at, Handles.LowerOwn(cx, value, type.Resource!));
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(at, Handles.LowerBorrow(cx, value, type.Resource!));
                break;
        }
    }

    // cabi: char_to_i32
    public static uint CharToI32(in ComponentValue value) =>
        System.Text.Rune.IsValid((uint)value.Bits)
            ? (uint)value.Bits
            : throw new ArgumentException($"0x{value.Bits:x} is not a Unicode scalar value.");

    // cabi: store_list_into_range
    public static PointerAndLength StoreListIntoRange(LiftLowerContext cx, in ComponentValue value, AbiType type)
    {
        var element = type.Element!;
        if (type.Kind == AbiKind.ByteList)
        {
            var bytes = value.AsBytes.Span;
            var target = cx.Allocate(1, (uint)bytes.Length);
            bytes.CopyTo(cx.Slice(target, bytes.Length));
            return new PointerAndLength(target, (uint)bytes.Length);
        }

        var values = value.AsValues;
        var length = (long)values.Length * element.Size;
        if (length > uint.MaxValue)
        {
            throw new TrapException(TrapCode.HostRefused, $"list byte length exceeds the maximum: {length}");
        }

        var pointer = cx.Allocate(element.Alignment, (uint)length);
        var at = cx.SliceAligned(pointer, length, element.Alignment);

        StoreElements(cx, values, element, at);
        return new PointerAndLength(pointer, (uint)values.Length);
    }

    // cabi: store_list_into_valid_range
    private static void StoreElements(LiftLowerContext cx, ReadOnlySpan<ComponentValue> values, AbiType element, Span<byte> at)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Store(cx, values[i], element, at.Slice(i * element.Size, element.Size));
        }
    }

    // cabi: store_record
    public static void StoreFields(LiftLowerContext cx, ReadOnlySpan<ComponentValue> values, AbiType type, Span<byte> at)
    {
        for (var i = 0; i < type.Fields.Length; i++)
        {
            var field = type.Fields[i];
            Store(cx, values[i], field.Type, at.Slice(field.Offset, field.Type.Size));
        }
    }

    // cabi: store_variant
    private static void StoreVariant(LiftLowerContext cx, in ComponentValue value, AbiType type, Span<byte> at)
    {
        var payload = type.Cases[value.Case];
        StoreUnsigned(at, type.DiscriminantSize, (uint)value.Case);
        if (payload is not null)
        {
            Store(cx, value.Payload, payload, at.Slice(type.PayloadOffset, payload.Size));
        }
    }

    // cabi: store_int
    private static void StoreUnsigned(Span<byte> at, int size, uint value)
    {
        switch (size)
        {
            case 1:
                at[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)value);
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(at, value);
                break;
        }
    }

    private static void StoreRange(Span<byte> at, PointerAndLength range)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, range.Pointer);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], range.Length);
    }
}

/// <summary>A string or list in linear memory. The length counts code units, possibly tagged, or elements.</summary>
internal readonly record struct PointerAndLength(uint Pointer, uint Length);
