using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Components.CanonicalAbi;

/// <summary>
/// The core values of a call, in order. Each is the bits of its type in a 64-bit slot, so that the coercions between the joined
/// types of a variant's cases are no more than reading the bits that matter.
/// </summary>
// cabi: CoreValueIter
internal ref struct FlatReader(ReadOnlySpan<ulong> values)
{
    private readonly ReadOnlySpan<ulong> _values = values;

    public int Position { get; set; }

    public uint NextI32() => (uint)_values[Position++];

    public ulong NextI64() => _values[Position++];
}

/// <summary>Reads values from core values.</summary>
internal static class FlatLifting
{
    // cabi: lift_flat
    public static ComponentValue LiftFlat(LiftLowerContext cx, ref FlatReader reader, AbiType type)
    {
        switch (type.Kind)
        {
            case AbiKind.Bool:
                return ComponentValue.Bool(reader.NextI32() != 0);
            case AbiKind.U8:
                return ComponentValue.U32((byte)reader.NextI32());
            case AbiKind.U16:
                return ComponentValue.U32((ushort)reader.NextI32());
            case AbiKind.U32:
                return ComponentValue.U32(reader.NextI32());
            case AbiKind.U64 or AbiKind.S64:
                return ComponentValue.U64(reader.NextI64());
            case AbiKind.S8:
                return ComponentValue.Signed((sbyte)reader.NextI32());
            case AbiKind.S16:
                return ComponentValue.Signed((short)reader.NextI32());
            case AbiKind.S32:
                return ComponentValue.Signed((int)reader.NextI32());
            case AbiKind.F32:
                return ComponentValue.Scalar(Loading.CanonicalizeNan32(reader.NextI32()));
            case AbiKind.F64:
                return ComponentValue.Scalar(Loading.CanonicalizeNan64(reader.NextI64()));
            case AbiKind.Char:
                return Loading.ConvertI32ToChar(reader.NextI32());
            case AbiKind.String:
                return Strings.LoadStringFromRange(cx, reader.NextI32(), reader.NextI32());
            case AbiKind.ByteList or AbiKind.List:
                return Loading.LoadListFromRange(cx, reader.NextI32(), reader.NextI32(), type.Element!);
            case AbiKind.FixedList:
                return LiftFlatList(cx, ref reader, type);
            case AbiKind.Record:
                return LiftFlatRecord(cx, ref reader, type);
            case AbiKind.Variant:
                return LiftFlatVariant(cx, ref reader, type);
            case AbiKind.Flags:
                return ComponentValue.U32(reader.NextI32() & type.FlagsMask);
            case AbiKind.Own:
                return Handles.LiftOwn(cx, reader.NextI32(), type.Resource!);
            default:
                return Handles.LiftBorrow(cx, reader.NextI32(), type.Resource!);
        }
    }

    /// <summary>Lifts the parameters of a lowered function.</summary>
    // cabi: lift_flat_values
    public static void LiftFlatValues(
        LiftLowerContext cx, AbiFunc function, ReadOnlySpan<ulong> flat, Span<ComponentValue> values)
    {
        try
        {
            if (function.SpillsParameters)
            {
                var tuple = function.ParameterTuple;
                Loading.LoadFields(cx, cx.SliceAligned((uint)flat[0], tuple.Size, tuple.Alignment), tuple, values);
                return;
            }

            var reader = new FlatReader(flat);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = LiftFlat(cx, ref reader, function.Parameters[i]);
            }
        }
        catch (TrapException)
        {
            // What was lifted before the trap is in no table any more, and nobody else would let go of it.
            cx.DropTaken();
            throw;
        }
    }

    /// <summary>Lifts the result of a lifted function, if it has one.</summary>
    // cabi: lift_flat_values
    public static ComponentValue LiftFlatResult(LiftLowerContext cx, AbiFunc function, ReadOnlySpan<ulong> flat)
    {
        if (function.Result is not { } type)
        {
            return default;
        }

        if (function.SpillsResult)
        {
            return Loading.Load(cx, cx.SliceAligned((uint)flat[0], type.Size, type.Alignment), type);
        }

        var reader = new FlatReader(flat);
        return LiftFlat(cx, ref reader, type);
    }

    // cabi: lift_flat_list
    private static ComponentValue LiftFlatList(LiftLowerContext cx, ref FlatReader reader, AbiType type)
    {
        var values = new ComponentValue[type.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = LiftFlat(cx, ref reader, type.Element!);
        }

        return ComponentValue.Values(values);
    }

    // cabi: lift_flat_record
    private static ComponentValue LiftFlatRecord(LiftLowerContext cx, ref FlatReader reader, AbiType type)
    {
        var values = new ComponentValue[type.Fields.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = LiftFlat(cx, ref reader, type.Fields[i].Type);
        }

        return ComponentValue.Values(values);
    }

    // cabi: lift_flat_variant
    private static ComponentValue LiftFlatVariant(LiftLowerContext cx, ref FlatReader reader, AbiType type)
    {
        var end = reader.Position + type.Flat.Length;
        var index = reader.NextI32();
        Loading.CheckCase(index, type);
        var value = type.Cases[index] is { } payload
            ? ComponentValue.OfCase((int)index, LiftFlat(cx, ref reader, payload))
            : ComponentValue.OfCase((int)index);
        reader.Position = end;
        return value;
    }
}
