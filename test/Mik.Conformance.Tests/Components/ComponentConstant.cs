using System.Globalization;
using System.Text.Json;
using Mik.Components.Runtime;
using Mik.Components.Types;

namespace Mik.Conformance.Tests.Components;

/// <summary>Constants of component scripts as values of a type, and the comparison with what came back.</summary>
internal static class ComponentConstant
{
    /// <summary>The value of an argument; constants carry no full type, so it is given.</summary>
    public static ComponentValue Read(JsonElement constant, WitType type)
    {
        var value = constant.TryGetProperty("value", out var v) ? v : default;
        return type switch
        {
            PrimitiveType primitive => ReadPrimitive(value, primitive.Kind),
            ListType { Element: var element } when ReferenceEquals(element, WitType.U8) =>
                ComponentValue.Bytes([.. value.EnumerateArray().Select(item => (byte)Read(item, element).AsU32)]),
            ListType list => ComponentValue.Values([.. value.EnumerateArray().Select(item => Read(item, list.Element))]),
            FixedListType list => ComponentValue.Values([.. value.EnumerateArray().Select(item => Read(item, list.Element))]),
            TupleType tuple => ComponentValue.Values([.. value.EnumerateArray().Zip(tuple.Types, Read)]),
            RecordType record => ComponentValue.Values(
                [.. value.EnumerateArray().Zip(record.Fields, static (pair, field) => Read(pair[1], field.Type))]),
            VariantType variant => ReadVariant(value, variant),
            EnumType labels => ComponentValue.OfCase(labels.Cases.IndexOf(value.GetString()!)),
            OptionType option => value.ValueKind == JsonValueKind.Null ? ComponentValue.None : ComponentValue.Some(Read(value, option.Some)),
            ResultType result => value.TryGetProperty("Ok", out var ok)
                ? ReadCase(0, ok, result.Ok)
                : ReadCase(1, value.GetProperty("Err"), result.Error),
            FlagsType flags => ComponentValue.U32(
                value.EnumerateArray().Aggregate(0u, (bits, name) => bits | (1u << flags.Names.IndexOf(name.GetString()!)))),
            _ => throw new NotSupportedException($"a constant of type {type}"),
        };
    }

    /// <summary>Whether two values of a type are the same. Any NaN stands for any other.</summary>
    public static bool AreEqual(in ComponentValue a, in ComponentValue b, WitType type) => type switch
    {
        PrimitiveType { Kind: PrimitiveKind.String } => a.AsString == b.AsString,
        PrimitiveType { Kind: PrimitiveKind.F32 } => a.Bits == b.Bits || (IsNan32(a) && IsNan32(b)),
        PrimitiveType { Kind: PrimitiveKind.F64 } => a.Bits == b.Bits || (IsNan64(a) && IsNan64(b)),
        PrimitiveType or EnumType or FlagsType => a.Bits == b.Bits,
        ListType { Element: var element } when ReferenceEquals(element, WitType.U8) => a.AsBytes.Span.SequenceEqual(b.AsBytes.Span),
        ListType list => AreEqual(a.AsValues, b.AsValues, _ => list.Element),
        FixedListType list => AreEqual(a.AsValues, b.AsValues, _ => list.Element),
        TupleType tuple => AreEqual(a.AsValues, b.AsValues, i => tuple.Types[i]),
        RecordType record => AreEqual(a.AsValues, b.AsValues, i => record.Fields[i].Type),
        VariantType variant => AreEqualCases(a, b, i => variant.Cases[i].Type),
        OptionType option => AreEqualCases(a, b, i => i == 0 ? null : option.Some),
        ResultType result => AreEqualCases(a, b, i => i == 0 ? result.Ok : result.Error),
        _ => throw new NotSupportedException($"a comparison of type {type}"),
    };

    private static ComponentValue ReadPrimitive(JsonElement value, PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.Bool => ComponentValue.Bool(value.GetBoolean()),
        PrimitiveKind.S8 or PrimitiveKind.S16 or PrimitiveKind.S32 or PrimitiveKind.S64 =>
            ComponentValue.Signed(long.Parse(value.GetString()!, CultureInfo.InvariantCulture)),
        PrimitiveKind.Char => ComponentValue.U32((uint)char.ConvertToUtf32(value.GetString()!, 0)),
        PrimitiveKind.String => ComponentValue.String(value.GetString()!),
        _ => ComponentValue.U64(ulong.Parse(value.GetString()!, CultureInfo.InvariantCulture)),
    };

    private static ComponentValue ReadVariant(JsonElement value, VariantType variant)
    {
        var name = value.GetProperty("case").GetString();
        var index = variant.Cases.ToList().FindIndex(c => c.Name == name);
        return ReadCase(index, value.TryGetProperty("payload", out var payload) ? payload : default, variant.Cases[index].Type);
    }

    private static ComponentValue ReadCase(int index, JsonElement payload, WitType? type) =>
        type is null ? ComponentValue.OfCase(index) : ComponentValue.OfCase(index, Read(payload, type));

    private static bool AreEqual(ReadOnlySpan<ComponentValue> a, ReadOnlySpan<ComponentValue> b, Func<int, WitType> typeOf)
    {
        var areEqual = a.Length == b.Length;
        for (var i = 0; areEqual && i < a.Length; i++)
        {
            areEqual = AreEqual(a[i], b[i], typeOf(i));
        }

        return areEqual;
    }

    private static bool AreEqualCases(in ComponentValue a, in ComponentValue b, Func<int, WitType?> typeOf) =>
        a.Case == b.Case && (typeOf(a.Case) is not { } type || AreEqual(a.Payload, b.Payload, type));

    private static bool IsNan32(in ComponentValue value) => float.IsNaN(BitConverter.UInt32BitsToSingle((uint)value.Bits));

    private static bool IsNan64(in ComponentValue value) => double.IsNaN(BitConverter.UInt64BitsToDouble(value.Bits));
}
