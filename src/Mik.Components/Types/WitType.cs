using System.Collections.Immutable;

namespace Mik.Components.Types;

/// <summary>The value types without parameters. Order follows the canonical ABI's reference.</summary>
public enum PrimitiveKind : byte
{
    /// <summary><c>bool</c></summary>
    Bool,

    /// <summary><c>u8</c></summary>
    U8,

    /// <summary><c>u16</c></summary>
    U16,

    /// <summary><c>u32</c></summary>
    U32,

    /// <summary><c>u64</c></summary>
    U64,

    /// <summary><c>s8</c></summary>
    S8,

    /// <summary><c>s16</c></summary>
    S16,

    /// <summary><c>s32</c></summary>
    S32,

    /// <summary><c>s64</c></summary>
    S64,

    /// <summary><c>f32</c></summary>
    F32,

    /// <summary><c>f64</c></summary>
    F64,

    /// <summary><c>char</c>: a Unicode scalar value</summary>
    Char,

    /// <summary><c>string</c></summary>
    String,
}

/// <summary>A component-level value type, fully resolved. Immutable; equality is structural, resource types by identity.</summary>
public abstract record WitType
{
    private protected WitType(TypeWeight weight) => Weight = weight;

    /// <summary>How large the type is when written out.</summary>
    internal TypeWeight Weight { get; }

    /// <summary>The types it is made of, in order.</summary>
    internal virtual IEnumerable<WitType> Parts => [];

    /// <summary><c>bool</c></summary>
    public static WitType Bool { get; } = new PrimitiveType(PrimitiveKind.Bool);

    /// <summary><c>u8</c></summary>
    public static WitType U8 { get; } = new PrimitiveType(PrimitiveKind.U8);

    /// <summary><c>u16</c></summary>
    public static WitType U16 { get; } = new PrimitiveType(PrimitiveKind.U16);

    /// <summary><c>u32</c></summary>
    public static WitType U32 { get; } = new PrimitiveType(PrimitiveKind.U32);

    /// <summary><c>u64</c></summary>
    public static WitType U64 { get; } = new PrimitiveType(PrimitiveKind.U64);

    /// <summary><c>s8</c></summary>
    public static WitType S8 { get; } = new PrimitiveType(PrimitiveKind.S8);

    /// <summary><c>s16</c></summary>
    public static WitType S16 { get; } = new PrimitiveType(PrimitiveKind.S16);

    /// <summary><c>s32</c></summary>
    public static WitType S32 { get; } = new PrimitiveType(PrimitiveKind.S32);

    /// <summary><c>s64</c></summary>
    public static WitType S64 { get; } = new PrimitiveType(PrimitiveKind.S64);

    /// <summary><c>f32</c></summary>
    public static WitType F32 { get; } = new PrimitiveType(PrimitiveKind.F32);

    /// <summary><c>f64</c></summary>
    public static WitType F64 { get; } = new PrimitiveType(PrimitiveKind.F64);

    /// <summary><c>char</c></summary>
    public static WitType Char { get; } = new PrimitiveType(PrimitiveKind.Char);

    /// <summary><c>string</c></summary>
    public static WitType String { get; } = new PrimitiveType(PrimitiveKind.String);

    /// <summary><c>list&lt;element&gt;</c></summary>
    public static WitType List(WitType element) => new ListType(element);

    /// <summary><c>list&lt;element, length&gt;</c></summary>
    public static WitType FixedList(WitType element, uint length) => new FixedListType(element, length);

    /// <summary><c>map&lt;key, value&gt;</c></summary>
    public static WitType Map(WitType key, WitType value) => new MapType(key, value);

    /// <summary><c>record { name: type, … }</c></summary>
    public static WitType Record(params ReadOnlySpan<WitField> fields) => new RecordType([.. fields]);

    /// <summary><c>tuple&lt;…&gt;</c></summary>
    public static WitType Tuple(params ReadOnlySpan<WitType> types) => new TupleType([.. types]);

    /// <summary><c>variant { … }</c></summary>
    public static WitType Variant(params ReadOnlySpan<WitCase> cases) => new VariantType([.. cases]);

    /// <summary><c>enum { … }</c></summary>
    public static WitType Enum(params ReadOnlySpan<string> cases) => new EnumType([.. cases]);

    /// <summary><c>option&lt;some&gt;</c></summary>
    public static WitType Option(WitType some) => new OptionType(some);

    /// <summary><c>result&lt;ok, error&gt;</c>; <see langword="null"/> stands for <c>_</c></summary>
    public static WitType Result(WitType? ok, WitType? error) => new ResultType(ok, error);

    /// <summary><c>flags { … }</c></summary>
    public static WitType Flags(params ReadOnlySpan<string> names) => new FlagsType([.. names]);

    /// <summary><c>own&lt;resource&gt;</c></summary>
    public static WitType Own(ResourceType resource) => new OwnType(resource);

    /// <summary><c>borrow&lt;resource&gt;</c></summary>
    public static WitType Borrow(ResourceType resource) => new BorrowType(resource);

    private protected static IEnumerable<WitType> Present(IEnumerable<WitType?> types) => types.OfType<WitType>();
}

/// <summary>A named field of a record.</summary>
public readonly record struct WitField(string Name, WitType Type);

/// <summary>A case of a variant; <see langword="null"/> when it carries nothing.</summary>
public readonly record struct WitCase(string Name, WitType? Type);

/// <summary>One of the types without parameters.</summary>
public sealed record PrimitiveType(PrimitiveKind Kind) : WitType(TypeWeight.Leaf);

/// <summary><c>list</c></summary>
public sealed record ListType(WitType Element) : WitType(Element.Weight.Nested())
{
    internal override IEnumerable<WitType> Parts => [Element];
}

/// <summary><c>list</c> of always the same length</summary>
public sealed record FixedListType(WitType Element, uint Length) : WitType(Element.Weight.Nested())
{
    internal override IEnumerable<WitType> Parts => [Element];
}

/// <summary><c>map</c>: a list of pairs, of which the last counts where several have the same key</summary>
public sealed record MapType(WitType Key, WitType Value) : WitType(Key.Weight.With(Value.Weight).Nested())
{
    internal override IEnumerable<WitType> Parts => [Key, Value];
}

/// <summary><c>option</c></summary>
public sealed record OptionType(WitType Some) : WitType(Some.Weight.Nested())
{
    internal override IEnumerable<WitType> Parts => [Some];
}

/// <summary><c>result</c></summary>
public sealed record ResultType(WitType? Ok, WitType? Error)
    : WitType((Ok?.Weight ?? TypeWeight.Leaf).With(Error?.Weight ?? TypeWeight.Leaf).Nested())
{
    internal override IEnumerable<WitType> Parts => Present([Ok, Error]);
}

/// <summary><c>own</c></summary>
public sealed record OwnType(ResourceType Resource) : WitType(TypeWeight.Handle);

/// <summary><c>borrow</c></summary>
public sealed record BorrowType(ResourceType Resource) : WitType(TypeWeight.Handle);

/// <summary><c>record</c></summary>
public sealed record RecordType(ImmutableArray<WitField> Fields) : WitType(TypeWeight.OfAll(Fields, static field => field.Type))
{
    internal override IEnumerable<WitType> Parts => Fields.Select(static f => f.Type);

    /// <inheritdoc/>
    public bool Equals(RecordType? other) => other is not null && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Fields.Length;
}

/// <summary><c>tuple</c></summary>
public sealed record TupleType(ImmutableArray<WitType> Types) : WitType(TypeWeight.OfAll(Types, static type => type))
{
    internal override IEnumerable<WitType> Parts => Types;

    /// <inheritdoc/>
    public bool Equals(TupleType? other) => other is not null && Types.AsSpan().SequenceEqual(other.Types.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Types.Length;
}

/// <summary><c>variant</c></summary>
public sealed record VariantType(ImmutableArray<WitCase> Cases) : WitType(TypeWeight.OfAll(Cases, static c => c.Type))
{
    internal override IEnumerable<WitType> Parts => Present(Cases.Select(static c => c.Type));

    /// <inheritdoc/>
    public bool Equals(VariantType? other) => other is not null && Cases.AsSpan().SequenceEqual(other.Cases.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Cases.Length;
}

/// <summary><c>enum</c></summary>
public sealed record EnumType(ImmutableArray<string> Cases) : WitType(TypeWeight.OfLabels(Cases))
{
    /// <inheritdoc/>
    public bool Equals(EnumType? other) => other is not null && Cases.AsSpan().SequenceEqual(other.Cases.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Cases.Length;
}

/// <summary><c>flags</c></summary>
public sealed record FlagsType(ImmutableArray<string> Names) : WitType(TypeWeight.OfLabels(Names))
{
    /// <inheritdoc/>
    public bool Equals(FlagsType? other) => other is not null && Names.AsSpan().SequenceEqual(other.Names.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Names.Length;
}
