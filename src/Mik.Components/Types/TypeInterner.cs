using System.Runtime.CompilerServices;

namespace Mik.Components.Types;

/// <summary>
/// Makes equal value types the same object, so that comparing them, and remembering something about them, costs the same
/// however large they are. Parts of a type that is interned are interned already.
/// </summary>
internal sealed class TypeInterner
{
    private readonly Dictionary<WitType, WitType> _types = new(new ShallowComparer());

    public WitType Intern(WitType type)
    {
        if (type is PrimitiveType primitive)
        {
            return OfPrimitive(primitive.Kind);
        }

        if (_types.TryGetValue(type, out var known))
        {
            return known;
        }

        _types.Add(type, type);
        return type;
    }

    public static WitType OfPrimitive(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.Bool => WitType.Bool,
        PrimitiveKind.U8 => WitType.U8,
        PrimitiveKind.U16 => WitType.U16,
        PrimitiveKind.U32 => WitType.U32,
        PrimitiveKind.U64 => WitType.U64,
        PrimitiveKind.S8 => WitType.S8,
        PrimitiveKind.S16 => WitType.S16,
        PrimitiveKind.S32 => WitType.S32,
        PrimitiveKind.S64 => WitType.S64,
        PrimitiveKind.F32 => WitType.F32,
        PrimitiveKind.F64 => WitType.F64,
        PrimitiveKind.Char => WitType.Char,
        _ => WitType.String,
    };

    /// <summary>Equality of types whose parts are interned.</summary>
    private sealed class ShallowComparer : IEqualityComparer<WitType>
    {
        public bool Equals(WitType? x, WitType? y) => (x, y) switch
        {
            (ListType a, ListType b) => ReferenceEquals(a.Element, b.Element),
            (FixedListType a, FixedListType b) => ReferenceEquals(a.Element, b.Element) && a.Length == b.Length,
            (MapType a, MapType b) => ReferenceEquals(a.Key, b.Key) && ReferenceEquals(a.Value, b.Value),
            (OptionType a, OptionType b) => ReferenceEquals(a.Some, b.Some),
            (ResultType a, ResultType b) => ReferenceEquals(a.Ok, b.Ok) && ReferenceEquals(a.Error, b.Error),
            (OwnType a, OwnType b) => ReferenceEquals(a.Resource, b.Resource),
            (BorrowType a, BorrowType b) => ReferenceEquals(a.Resource, b.Resource),
            (RecordType a, RecordType b) => Same(a.Fields.AsSpan(), b.Fields.AsSpan(), static (p, q) =>
                p.Name == q.Name && ReferenceEquals(p.Type, q.Type)),
            (TupleType a, TupleType b) => Same(a.Types.AsSpan(), b.Types.AsSpan(), static (p, q) => ReferenceEquals(p, q)),
            (VariantType a, VariantType b) => Same(a.Cases.AsSpan(), b.Cases.AsSpan(), static (p, q) =>
                p.Name == q.Name && ReferenceEquals(p.Type, q.Type)),
            (EnumType a, EnumType b) => a.Cases.AsSpan().SequenceEqual(b.Cases.AsSpan()),
            (FlagsType a, FlagsType b) => a.Names.AsSpan().SequenceEqual(b.Names.AsSpan()),
            _ => ReferenceEquals(x, y),
        };

        public int GetHashCode(WitType type)
        {
            var hash = new HashCode();
            hash.Add(type.GetType());
            foreach (var part in type.Parts)
            {
                hash.Add(RuntimeHelpers.GetHashCode(part));
            }

            switch (type)
            {
                case FixedListType list:
                    hash.Add(list.Length);
                    break;
                case OwnType own:
                    hash.Add(RuntimeHelpers.GetHashCode(own.Resource));
                    break;
                case BorrowType borrow:
                    hash.Add(RuntimeHelpers.GetHashCode(borrow.Resource));
                    break;
                case RecordType record:
                    AddLabels(ref hash, record.Fields.Select(static field => field.Name));
                    break;
                case VariantType variant:
                    AddLabels(ref hash, variant.Cases.Select(static c => c.Name));
                    break;
                case EnumType labels:
                    AddLabels(ref hash, labels.Cases);
                    break;
                case FlagsType labels:
                    AddLabels(ref hash, labels.Names);
                    break;
            }

            return hash.ToHashCode();
        }

        private static void AddLabels(ref HashCode hash, IEnumerable<string> labels)
        {
            foreach (var label in labels)
            {
                hash.Add(label);
            }
        }

        private static bool Same<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Func<T, T, bool> equal)
        {
            if (a.Length != b.Length)
            {
                return false;
            }

            for (var i = 0; i < a.Length; i++)
            {
                if (!equal(a[i], b[i]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
