using Mik.Components.Runtime;

namespace Mik.Components.CanonicalAbi;

/// <summary>Collects core values; 32-bit ones are zero-extended, which is also what joining them with 64-bit ones asks for.</summary>
internal ref struct FlatWriter(Span<ulong> values)
{
    private readonly Span<ulong> _values = values;

    public int Position { get; private set; }

    public void Add(ulong value) => _values[Position++] = value;

    public void ZeroUpTo(int end)
    {
        _values[Position..end].Clear();
        Position = end;
    }
}

/// <summary>Writes values as core values.</summary>
internal static class FlatLowering
{
    // cabi: lower_flat
    public static void LowerFlat(LiftLowerContext cx, in ComponentValue value, AbiType type, ref FlatWriter writer)
    {
        switch (type.Kind)
        {
            case AbiKind.Bool:
                writer.Add(value.AsBool ? 1UL : 0UL);
                break;
            case AbiKind.U8:
                writer.Add((byte)value.Bits);
                break;
            case AbiKind.U16:
                writer.Add((ushort)value.Bits);
                break;
            case AbiKind.S8:
                writer.Add((uint)(sbyte)value.Bits);
                break;
            case AbiKind.S16:
                writer.Add((uint)(short)value.Bits);
                break;
            case AbiKind.U32 or AbiKind.S32:
                writer.Add((uint)value.Bits);
                break;
            case AbiKind.U64 or AbiKind.S64:
                writer.Add(value.Bits);
                break;
            case AbiKind.F32:
                writer.Add(Loading.CanonicalizeNan32((uint)value.Bits));
                break;
            case AbiKind.F64:
                writer.Add(Loading.CanonicalizeNan64(value.Bits));
                break;
            case AbiKind.Char:
                writer.Add(Storing.CharToI32(value));
                break;
            case AbiKind.String:
                AddRange(ref writer, Strings.StoreStringIntoRange(cx, value));
                break;
            case AbiKind.ByteList or AbiKind.List:
                AddRange(ref writer, Storing.StoreListIntoRange(cx, value, type));
                break;
            case AbiKind.FixedList:
                // cabi: lower_flat_list
                foreach (var element in value.AsValues)
                {
                    LowerFlat(cx, element, type.Element!, ref writer);
                }

                break;
            case AbiKind.Record:
                LowerFlatRecord(cx, value.AsValues, type, ref writer);
                break;
            case AbiKind.Variant:
                LowerFlatVariant(cx, value, type, ref writer);
                break;
            case AbiKind.Flags:
                writer.Add((uint)value.Bits & type.FlagsMask);
                break;
            case AbiKind.Own:
                writer.Add(Handles.LowerOwn(cx, value, type.Resource!));
                break;
            default:
                writer.Add(Handles.LowerBorrow(cx, value, type.Resource!));
                break;
        }
    }

    /// <summary>Lowers the arguments of a lifted function.</summary>
    // cabi: lower_flat_values
    public static void LowerFlatValues(
        LiftLowerContext cx, AbiFunc function, ReadOnlySpan<ComponentValue> values, Span<ulong> flat)
    {
        var tuple = function.ParameterTuple;
        if (function.SpillsParameters)
        {
            var pointer = cx.Allocate(tuple.Alignment, (uint)tuple.Size);
            flat[0] = pointer;
            Storing.StoreFields(cx, values, tuple, cx.SliceAligned(pointer, tuple.Size, tuple.Alignment));
            return;
        }

        var writer = new FlatWriter(flat);
        LowerFlatRecord(cx, values, tuple, ref writer);
    }

    /// <summary>Lowers the result of a lowered function, if it has one, into the result slot or where the last argument points.</summary>
    // cabi: lower_flat_values
    public static void LowerFlatResult(
        LiftLowerContext cx, AbiFunc function, in ComponentValue value, uint outPointer, Span<ulong> results)
    {
        if (function.Result is not { } type)
        {
            return;
        }

        if (function.SpillsResult)
        {
            Storing.Store(cx, value, type, cx.SliceAligned(outPointer, type.Size, type.Alignment));
            return;
        }

        var writer = new FlatWriter(results);
        LowerFlat(cx, value, type, ref writer);
    }

    private static void AddRange(ref FlatWriter writer, PointerAndLength range)
    {
        writer.Add(range.Pointer);
        writer.Add(range.Length);
    }

    // cabi: lower_flat_record
    private static void LowerFlatRecord(
        LiftLowerContext cx, ReadOnlySpan<ComponentValue> values, AbiType type, ref FlatWriter writer)
    {
        for (var i = 0; i < type.Fields.Length; i++)
        {
            LowerFlat(cx, values[i], type.Fields[i].Type, ref writer);
        }
    }

    // cabi: lower_flat_variant
    private static void LowerFlatVariant(LiftLowerContext cx, in ComponentValue value, AbiType type, ref FlatWriter writer)
    {
        var end = writer.Position + type.Flat.Length;
        writer.Add((uint)value.Case);
        if (type.Cases[value.Case] is { } payload)
        {
            LowerFlat(cx, value.Payload, payload, ref writer);
        }

        writer.ZeroUpTo(end);
    }
}
