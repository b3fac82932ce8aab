using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Mik.Components.Types;
using Mik.Wasm.Types;

namespace Mik.Components.CanonicalAbi;

/// <summary>Computes the <see cref="AbiType"/> of types, each once. Types are told apart by identity, so they should be interned.</summary>
internal sealed class AbiTypes
{
    // cabi: MAX_FLAT_PARAMS
    public const int MaxFlatParams = 16;

    // cabi: MAX_FLAT_RESULTS
    public const int MaxFlatResults = 1;

    private const int PointerSize = 4;
    private const int PointerSize64 = 8;

    private static readonly ImmutableArray<ValType> FlatI32 = [ValType.I32];
    private static readonly ImmutableArray<ValType> FlatPointerAndLength = [ValType.I32, ValType.I32];

    private readonly Dictionary<WitType, AbiType> _types = new(ReferenceEqualityComparer.Instance);

    public AbiType Of(WitType type)
    {
        if (_types.TryGetValue(type, out var known))
        {
            return known;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        var computed = Compute(type);
        _types.Add(type, computed);
        return computed;
    }

    /// <summary>Lays types out as a tuple, which is how too many parameters are passed.</summary>
    public static AbiType Record(ReadOnlySpan<AbiType> types)
    {
        var fields = new AbiField[types.Length];
        long size = 0;
        long size64 = 0;
        var alignment = 1;
        var alignment64 = 1;
        var pointers = false;
        var borrows = false;
        var flat = ImmutableArray.CreateBuilder<ValType>();
        var isFlat = true;
        for (var i = 0; i < types.Length; i++)
        {
            var type = types[i];

            // cabi: elem_size_record
            size = AlignTo(size, type.Alignment);
            fields[i] = new AbiField(type, (int)Math.Min(size, int.MaxValue));
            size += type.Size;
            size64 = AlignTo(size64, type.Alignment64) + type.Size64;

            // cabi: alignment_record
            alignment = Math.Max(alignment, type.Alignment);
            alignment64 = Math.Max(alignment64, type.Alignment64);
            pointers |= type.ContainsPointer;
            borrows |= type.ContainsBorrow;

            // cabi: flatten_record
            isFlat &= type.IsFlat && flat.Count + type.Flat.Length <= MaxFlatParams;
            if (isFlat)
            {
                flat.AddRange(type.Flat);
            }
        }

        return new AbiType
        {
            Kind = AbiKind.Record,
            Size = (int)Math.Min(AlignTo(size, alignment), int.MaxValue),
            Alignment = alignment,
            Size64 = AlignTo(size64, alignment64),
            Alignment64 = alignment64,
            Flat = isFlat ? flat.ToImmutable() : default,
            ContainsPointer = pointers,
            ContainsBorrow = borrows,
            Fields = fields,
        };
    }

    // cabi: align_to
    public static long AlignTo(long value, int alignment) => (value + alignment - 1) & -alignment;

    // cabi: join
    public static ValType Join(ValType a, ValType b)
    {
        if (a == b)
        {
            return a;
        }

        return (a, b) is (ValType.I32, ValType.F32) or (ValType.F32, ValType.I32) ? ValType.I32 : ValType.I64;
    }

    private AbiType Compute(WitType type) => type switch
    {
        PrimitiveType primitive => Primitive(primitive.Kind),
        ListType list => List(Of(list.Element)),
        FixedListType list => FixedList(Of(list.Element), list.Length),
        MapType map => List(Record([Of(map.Key), Of(map.Value)])),
        OptionType option => Variant([null, Of(option.Some)]),
        ResultType result => Variant([OfOptional(result.Ok), OfOptional(result.Error)]),
        RecordType record => Record([.. record.Fields.Select(field => Of(field.Type))]),
        TupleType tuple => Record([.. tuple.Types.Select(Of)]),
        VariantType variant => Variant([.. variant.Cases.Select(c => OfOptional(c.Type))]),
        EnumType labels => Variant(new AbiType?[labels.Cases.Length]),
        FlagsType labels => Flags(labels.Names.Length),
        OwnType own => Handle(AbiKind.Own, own.Resource),
        BorrowType borrow => Handle(AbiKind.Borrow, borrow.Resource),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    private AbiType? OfOptional(WitType? type) => type is null ? null : Of(type);

    private static AbiType Primitive(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.Bool => Scalar(AbiKind.Bool, 1, ValType.I32),
        PrimitiveKind.U8 => Scalar(AbiKind.U8, 1, ValType.I32),
        PrimitiveKind.U16 => Scalar(AbiKind.U16, 2, ValType.I32),
        PrimitiveKind.U32 => Scalar(AbiKind.U32, 4, ValType.I32),
        PrimitiveKind.U64 => Scalar(AbiKind.U64, 8, ValType.I64),
        PrimitiveKind.S8 => Scalar(AbiKind.S8, 1, ValType.I32),
        PrimitiveKind.S16 => Scalar(AbiKind.S16, 2, ValType.I32),
        PrimitiveKind.S32 => Scalar(AbiKind.S32, 4, ValType.I32),
        PrimitiveKind.S64 => Scalar(AbiKind.S64, 8, ValType.I64),
        PrimitiveKind.F32 => Scalar(AbiKind.F32, 4, ValType.F32),
        PrimitiveKind.F64 => Scalar(AbiKind.F64, 8, ValType.F64),
        PrimitiveKind.Char => Scalar(AbiKind.Char, 4, ValType.I32),
        _ => PointerAndLength(AbiKind.String, null),
    };

    private static AbiType Scalar(AbiKind kind, int size, ValType flat) => new()
    {
        Kind = kind,
        Size = size,
        Alignment = size,
        Size64 = size,
        Alignment64 = size,
        Flat = [flat],
    };

    private static AbiType List(AbiType element) =>
        PointerAndLength(element.Kind == AbiKind.U8 ? AbiKind.ByteList : AbiKind.List, element);

    // cabi: elem_size_list, alignment_list, flatten_list
    private static AbiType FixedList(AbiType element, uint length) => new()
    {
        Kind = AbiKind.FixedList,
        Size = (int)Math.Min(length * (long)element.Size, int.MaxValue),
        Alignment = element.Alignment,
        Size64 = length * element.Size64,
        Alignment64 = element.Alignment64,
        Flat = element.IsFlat && length * (long)element.Flat.Length <= MaxFlatParams
            ? [.. Enumerable.Repeat(element.Flat, (int)length).SelectMany(static flat => flat)]
            : default,
        ContainsPointer = element.ContainsPointer,
        ContainsBorrow = element.ContainsBorrow,
        Element = element,
        Length = (int)Math.Min(length, int.MaxValue),
    };

    private static AbiType PointerAndLength(AbiKind kind, AbiType? element) => new()
    {
        Kind = kind,
        Size = 2 * PointerSize,
        Alignment = PointerSize,
        Size64 = 2 * PointerSize64,
        Alignment64 = PointerSize64,
        Flat = FlatPointerAndLength,
        ContainsPointer = true,
        ContainsBorrow = element?.ContainsBorrow ?? false,
        Element = element,
    };

    private static AbiType Handle(AbiKind kind, ResourceType resource) => new()
    {
        Kind = kind,
        Size = 4,
        Alignment = 4,
        Size64 = 4,
        Alignment64 = 4,
        Flat = FlatI32,
        ContainsBorrow = kind == AbiKind.Borrow,
        Resource = resource,
    };

    // cabi: alignment_flags, elem_size_flags
    private static AbiType Flags(int count)
    {
        var size = count <= 8 ? 1 : count <= 16 ? 2 : 4;
        return new AbiType
        {
            Kind = AbiKind.Flags,
            Size = size,
            Alignment = size,
            Size64 = size,
            Alignment64 = size,
            Flat = FlatI32,
            FlagsMask = count >= 32 ? uint.MaxValue : (1u << count) - 1,
        };
    }

    private static AbiType Variant(AbiType?[] cases)
    {
        var discriminant = DiscriminantSize(cases.Length);
        var alignment = discriminant;
        var alignment64 = discriminant;
        var payloadAlignment = 1;
        var payloadAlignment64 = 1;
        long payload = 0;
        long payload64 = 0;
        var pointers = false;
        var borrows = false;
        foreach (var type in cases)
        {
            if (type is null)
            {
                continue;
            }

            // cabi: max_case_alignment
            payloadAlignment = Math.Max(payloadAlignment, type.Alignment);
            payloadAlignment64 = Math.Max(payloadAlignment64, type.Alignment64);
            payload = Math.Max(payload, type.Size);
            payload64 = Math.Max(payload64, type.Size64);
            pointers |= type.ContainsPointer;
            borrows |= type.ContainsBorrow;
        }

        // cabi: alignment_variant, elem_size_variant
        alignment = Math.Max(alignment, payloadAlignment);
        alignment64 = Math.Max(alignment64, payloadAlignment64);
        var payloadOffset = AlignTo(discriminant, payloadAlignment);
        return new AbiType
        {
            Kind = AbiKind.Variant,
            Size = (int)Math.Min(AlignTo(payloadOffset + payload, alignment), int.MaxValue),
            Alignment = alignment,
            Size64 = AlignTo(AlignTo(discriminant, payloadAlignment64) + payload64, alignment64),
            Alignment64 = alignment64,
            Flat = FlattenVariant(cases),
            ContainsPointer = pointers,
            ContainsBorrow = borrows,
            Cases = cases,
            DiscriminantSize = discriminant,
            PayloadOffset = (int)payloadOffset,
        };
    }

    // cabi: discriminant_type
    private static int DiscriminantSize(int cases) => BitOperations.Log2((uint)Math.Max(cases - 1, 1)) switch
    {
        < 8 => 1,
        < 16 => 2,
        _ => 4,
    };

    // cabi: flatten_variant
    private static ImmutableArray<ValType> FlattenVariant(AbiType?[] cases)
    {
        var flat = new List<ValType> { ValType.I32 };
        foreach (var type in cases)
        {
            if (type is null)
            {
                continue;
            }

            if (!type.IsFlat)
            {
                return default;
            }

            for (var i = 0; i < type.Flat.Length; i++)
            {
                if (i + 1 < flat.Count)
                {
                    flat[i + 1] = Join(flat[i + 1], type.Flat[i]);
                }
                else
                {
                    flat.Add(type.Flat[i]);
                }
            }
        }

        return flat.Count > MaxFlatParams ? default : [.. flat];
    }
}
