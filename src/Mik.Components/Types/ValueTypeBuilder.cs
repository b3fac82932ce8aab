using System.Collections.Immutable;
using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;
using Mik.Wasm.Runtime;

namespace Mik.Components.Types;

/// <summary>Where type indices lead to while a type is resolved.</summary>
internal interface ITypeSpace
{
    WitType ValueType(uint index, int offset);

    ResourceType Resource(uint index, int offset);
}

/// <summary>Resolves types as written into types. Results are interned; malformed and oversized ones are refused.</summary>
internal sealed class ValueTypeBuilder(TypeInterner interner, AbiTypes abiTypes)
{
    /// <summary>Most bytes a value may take in memory.</summary>
    // cabi: MAX_LIST_BYTE_LENGTH
    public const long MaxValueSize = (1 << 28) - 1;

    private const int MaxFlags = 32;

    // A list of parameters is walked and its names compared; longer ones are beyond any program.
    private const int MaxParameters = 1000;

    public WitType Build(TypeSyntax syntax, ITypeSpace space, int offset)
    {
        var type = syntax switch
        {
            PrimitiveSyntax primitive => TypeInterner.OfPrimitive(primitive.Kind),
            RecordSyntax record => new RecordType(Fields(record.Fields, space, "record field", offset)),
            VariantSyntax variant => new VariantType(Cases(variant.Cases, space, offset)),
            ListSyntax list => new ListType(Resolve(list.Element, space, offset)),
            FixedListSyntax list => FixedList(list, space, offset),
            MapSyntax map => Map(map, space, offset),
            TupleSyntax tuple => Tuple(tuple, space, offset),
            FlagsSyntax flags => Flags(flags, offset),
            EnumSyntax labels => Enum(labels, offset),
            OptionSyntax option => new OptionType(Resolve(option.Some, space, offset)),
            ResultSyntax result => new ResultType(ResolveOptional(result.Ok, space, offset), ResolveOptional(result.Error, space, offset)),
            HandleSyntax { IsOwn: true } own => new OwnType(space.Resource(own.Resource, offset)),
            HandleSyntax borrow => new BorrowType(space.Resource(borrow.Resource, offset)),
            _ => throw new ModuleValidationException("not a value type", offset),
        };
        if (!type.Weight.IsAcceptable)
        {
            throw new ModuleValidationException("a value type is nested too deeply or too large", offset);
        }

        type = interner.Intern(type);
        if (abiTypes.Of(type).Size64 > MaxValueSize)
        {
            throw new ModuleValidationException($"a value of the type exceeds maximum byte size {MaxValueSize}", offset);
        }

        return type;
    }

    public ComponentFuncType BuildFunc(FuncSyntax syntax, ITypeSpace space, int offset)
    {
        if (syntax.Parameters.Length > MaxParameters)
        {
            throw new ModuleValidationException($"a function has more than {MaxParameters} parameters", offset);
        }

        var parameters = Fields(syntax.Parameters, space, "function parameter", offset);
        var type = new ComponentFuncType(parameters, ResolveOptional(syntax.Result, space, offset));
        if (!TypeWeight.Of(type).IsAcceptable)
        {
            throw new ModuleValidationException("a function type is too large", offset);
        }

        if (type.Result is { } result && abiTypes.Of(result).ContainsBorrow)
        {
            throw new ModuleValidationException("function result cannot contain a `borrow` type", offset);
        }

        return type;
    }

    private static WitType Resolve(ValueTypeSyntax syntax, ITypeSpace space, int offset) =>
        syntax.Index is { } index ? space.ValueType(index, offset) : TypeInterner.OfPrimitive(syntax.Primitive);

    private static WitType? ResolveOptional(ValueTypeSyntax? syntax, ITypeSpace space, int offset) =>
        syntax is { } present ? Resolve(present, space, offset) : null;

    private static ImmutableArray<WitField> Fields(LabelledType[] fields, ITypeSpace space, string what, int offset)
    {
        if (fields.Length == 0 && what == "record field")
        {
            throw new ModuleValidationException("record type must have at least one field", offset);
        }

        CheckLabels(fields, static field => field.Label, what, offset);
        return ImmutableArray.CreateRange(fields.Select(field => new WitField(field.Label, Resolve(field.Type!.Value, space, offset))));
    }

    private static ImmutableArray<WitCase> Cases(LabelledType[] cases, ITypeSpace space, int offset)
    {
        if (cases.Length == 0)
        {
            throw new ModuleValidationException("variant type must have at least one case", offset);
        }

        CheckLabels(cases, static c => c.Label, "variant case", offset);
        return ImmutableArray.CreateRange(cases.Select(c => new WitCase(c.Label, ResolveOptional(c.Type, space, offset))));
    }

    private static TupleType Tuple(TupleSyntax tuple, ITypeSpace space, int offset) =>
        tuple.Types.Length == 0
            ? throw new ModuleValidationException("tuple type must have at least one type", offset)
            : new TupleType(ImmutableArray.CreateRange(tuple.Types.Select(type => Resolve(type, space, offset))));

    private static FixedListType FixedList(FixedListSyntax list, ITypeSpace space, int offset) =>
        list.Length == 0
            ? throw new ModuleValidationException("a list of fixed length must have at least one element", offset)
            : new FixedListType(Resolve(list.Element, space, offset), list.Length);

    private static MapType Map(MapSyntax map, ITypeSpace space, int offset) =>
        Resolve(map.Key, space, offset) is PrimitiveType { Kind: not (PrimitiveKind.F32 or PrimitiveKind.F64) } key
            ? new MapType(key, Resolve(map.Value, space, offset))
            : throw new ModuleValidationException("the keys of a map must be integers, booleans, characters or strings", offset);

    private static FlagsType Flags(FlagsSyntax flags, int offset)
    {
        if (flags.Labels.Length is 0 or > MaxFlags)
        {
            throw new ModuleValidationException(
                flags.Labels.Length == 0 ? "flags must have at least one entry" : "cannot have more than 32 flags", offset);
        }

        CheckLabels(flags.Labels, static label => label, "flag", offset);
        return new FlagsType([.. flags.Labels]);
    }

    private static EnumType Enum(EnumSyntax labels, int offset)
    {
        if (labels.Labels.Length == 0)
        {
            throw new ModuleValidationException("enum type must have at least one case", offset);
        }

        CheckLabels(labels.Labels, static label => label, "enum case", offset);
        return new EnumType([.. labels.Labels]);
    }

    private static void CheckLabels<T>(T[] parts, Func<T, string> labelOf, string what, int offset)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            var label = labelOf(part);
            if (!ExternName.IsLabel(label))
            {
                throw new ModuleValidationException($"{what} name `{label}` is not in kebab case", offset);
            }

            if (!seen.Add(ExternName.Lower(label)))
            {
                throw new ModuleValidationException($"{what} name `{label}` conflicts with a previous one", offset);
            }
        }
    }
}
