using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Components.CanonicalAbi;

/// <summary>Reads values from linear memory.</summary>
internal static class Loading
{
    private const uint CanonicalFloat32Nan = 0x7FC0_0000;
    private const ulong CanonicalFloat64Nan = 0x7FF8_0000_0000_0000;

    // What an element takes on the host, however small it is for the guest.
    private const int HostElementBytes = 16;

    /// <param name="cx">The side the value comes from.</param>
    /// <param name="at">Exactly the value's bytes.</param>
    /// <param name="type">The value's type.</param>
    // cabi: load
    public static ComponentValue Load(LiftLowerContext cx, ReadOnlySpan<byte> at, AbiType type)
    {
        switch (type.Kind)
        {
            case AbiKind.Bool:
                return ComponentValue.Bool(at[0] != 0);
            case AbiKind.U8:
                return ComponentValue.U32(at[0]);
            case AbiKind.U16:
                return ComponentValue.U32(BinaryPrimitives.ReadUInt16LittleEndian(at));
            case AbiKind.U32:
                return ComponentValue.U32(BinaryPrimitives.ReadUInt32LittleEndian(at));
            case AbiKind.U64:
                return ComponentValue.U64(BinaryPrimitives.ReadUInt64LittleEndian(at));
            case AbiKind.S8:
                return ComponentValue.Signed((sbyte)at[0]);
            case AbiKind.S16:
                return ComponentValue.Signed(BinaryPrimitives.ReadInt16LittleEndian(at));
            case AbiKind.S32:
                return ComponentValue.Signed(BinaryPrimitives.ReadInt32LittleEndian(at));
            case AbiKind.S64:
                return ComponentValue.Signed(BinaryPrimitives.ReadInt64LittleEndian(at));
            case AbiKind.F32:
                return ComponentValue.Scalar(CanonicalizeNan32(BinaryPrimitives.ReadUInt32LittleEndian(at)));
            case AbiKind.F64:
                return ComponentValue.Scalar(CanonicalizeNan64(BinaryPrimitives.ReadUInt64LittleEndian(at)));
            case AbiKind.Char:
                return ConvertI32ToChar(BinaryPrimitives.ReadUInt32LittleEndian(at));
            case AbiKind.String:
                return Strings.LoadStringFromRange(
                    cx, BinaryPrimitives.ReadUInt32LittleEndian(at), BinaryPrimitives.ReadUInt32LittleEndian(at[4..]));
            case AbiKind.ByteList or AbiKind.List:
                return LoadListFromRange(
                    cx, BinaryPrimitives.ReadUInt32LittleEndian(at), BinaryPrimitives.ReadUInt32LittleEndian(at[4..]), type.Element!);
            case AbiKind.FixedList:
                return LoadElements(cx, at, type.Element!, type.Length);
            case AbiKind.Record:
                return LoadRecord(cx, at, type);
            case AbiKind.Variant:
                return LoadVariant(cx, at, type);
            case AbiKind.Flags:
                return ComponentValue.U32(LoadUnsigned(at, type.Size) & type.FlagsMask);
            case AbiKind.Own:
                return Handles.LiftOwn(cx, BinaryPrimitives.ReadUInt32LittleEndian(at), type.Resource!);
            default:
                return Handles.LiftBorrow(cx, BinaryPrimitives.ReadUInt32LittleEndian(at), type.Resource!);
        }
    }

    // cabi: load_int
    public static uint LoadUnsigned(ReadOnlySpan<byte> at, int size) => size switch
    {
        1 => at[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(at),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(at),
    };

    // cabi: canonicalize_nan32
    public static uint CanonicalizeNan32(uint bits) => float.IsNaN(BitConverter.UInt32BitsToSingle(bits)) ? CanonicalFloat32Nan : bits;

    // cabi: canonicalize_nan64
    public static ulong CanonicalizeNan64(ulong bits) => double.IsNaN(BitConverter.UInt64BitsToDouble(bits)) ? CanonicalFloat64Nan : bits;

    // cabi: convert_i32_to_char
    public static ComponentValue ConvertI32ToChar(uint value) =>
        System.Text.Rune.IsValid(value)
            ? ComponentValue.U32(value)
            : throw new TrapException(TrapCode.HostRefused, $"integer 0x{value:x} is not a valid `char`");

    // cabi: load_list_from_range
    public static ComponentValue LoadListFromRange(LiftLowerContext cx, uint address, uint count, AbiType element)
    {
        var length = (long)count * element.Size;
        if (length > Types.ValueTypeBuilder.MaxValueSize)
        {
            throw new TrapException(TrapCode.HostRefused, $"list byte length exceeds the maximum: {length}");
        }

        var bytes = cx.SliceAligned(address, length, element.Alignment);
        if (element.Kind == AbiKind.U8)
        {
            cx.ChargeLifted(length);
            return ComponentValue.Bytes(bytes.ToArray());
        }

        return LoadElements(cx, bytes, element, (int)count);
    }

    // cabi: load_list_from_valid_range
    private static ComponentValue LoadElements(LiftLowerContext cx, ReadOnlySpan<byte> bytes, AbiType element, int count)
    {
        cx.ChargeLifted(Math.Max((long)count * HostElementBytes, bytes.Length));
        var values = count == 0 ? [] : new ComponentValue[count];
        if (element.Kind == AbiKind.U32 && BitConverter.IsLittleEndian)
        {
            var numbers = MemoryMarshal.Cast<byte, uint>(bytes);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = ComponentValue.U32(numbers[i]);
            }

            return ComponentValue.Values(values);
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Load(cx, bytes.Slice(i * element.Size, element.Size), element);
        }

        return ComponentValue.Values(values);
    }

    // cabi: load_record
    private static ComponentValue LoadRecord(LiftLowerContext cx, ReadOnlySpan<byte> at, AbiType type)
    {
        var values = new ComponentValue[type.Fields.Length];
        cx.ChargeLifted((long)values.Length * HostElementBytes);
        LoadFields(cx, at, type, values);
        return ComponentValue.Values(values);
    }

    public static void LoadFields(LiftLowerContext cx, ReadOnlySpan<byte> at, AbiType type, Span<ComponentValue> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var field = type.Fields[i];
            values[i] = Load(cx, at.Slice(field.Offset, field.Type.Size), field.Type);
        }
    }

    // cabi: load_variant
    private static ComponentValue LoadVariant(LiftLowerContext cx, ReadOnlySpan<byte> at, AbiType type)
    {
        var index = LoadUnsigned(at, type.DiscriminantSize);
        CheckCase(index, type);
        if (type.Cases[index] is not { } payload)
        {
            return ComponentValue.OfCase((int)index);
        }

        cx.ChargeLifted(2 * HostElementBytes);
        return ComponentValue.OfCase((int)index, Load(cx, at.Slice(type.PayloadOffset, payload.Size), payload));
    }

    public static void CheckCase(uint index, AbiType type)
    {
        if (index >= (uint)type.Cases.Length)
        {
            throw new TrapException(TrapCode.HostRefused, $"invalid variant discriminant {index} of {type.Cases.Length} cases");
        }
    }
}
