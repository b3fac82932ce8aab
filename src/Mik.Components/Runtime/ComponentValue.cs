using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;

namespace Mik.Components.Runtime;

/// <summary>
/// A value of some <see cref="Types.WitType"/>. Scalars live in the struct; everything else is one reference:
/// string → <see cref="string"/>; list&lt;u8&gt; → byte array; other lists, records, tuples →
/// <see cref="ComponentValue"/> array; variant, option, result, enum → the case's index with its payload; flags → bits (at most 32);
/// own and borrow of a host resource → the host's object; of a guest resource → the owner's representation in the bits.
/// The type is not carried: whoever reads a value knows its type, and types are checked when components are linked.
/// </summary>
public readonly struct ComponentValue
{
    private readonly ulong _bits;
    private readonly object? _reference;

    private ComponentValue(ulong bits, object? reference = null)
    {
        _bits = bits;
        _reference = reference;
    }

    /// <summary>The scalar's bits: integers zero- or sign-extended, floats as IEEE bits, the case index of a variant, flags.</summary>
    public ulong Bits => _bits;

    /// <summary>The reference part, or <see langword="null"/>.</summary>
    public object? Reference => _reference;

    /// <summary>Reads a <c>bool</c>.</summary>
    public bool AsBool => _bits != 0;

    /// <summary>Reads a <c>u8</c>, <c>u16</c> or <c>u32</c>.</summary>
    public uint AsU32 => (uint)_bits;

    /// <summary>Reads an <c>s8</c>, <c>s16</c> or <c>s32</c>.</summary>
    public int AsS32 => (int)_bits;

    /// <summary>Reads a <c>u64</c>.</summary>
    public ulong AsU64 => _bits;

    /// <summary>Reads an <c>s64</c>.</summary>
    public long AsS64 => (long)_bits;

    /// <summary>Reads a <c>string</c>.</summary>
    public string AsString => (string)_reference!;

    /// <summary>Where a string came from when a guest gave it; the encoding decides how it is passed on to another guest.</summary>
    internal StringSource? LiftedFrom =>
        _bits >> 40 == 1 ? new StringSource((StringEncoding)(byte)(_bits >> 32), (uint)_bits) : null;

    /// <summary>Reads a <c>list&lt;u8&gt;</c>.</summary>
    public ReadOnlyMemory<byte> AsBytes => (byte[]?)_reference;

    /// <summary>Reads a list (not of u8), record or tuple.</summary>
    public ReadOnlySpan<ComponentValue> AsValues => (ComponentValue[])_reference!;

    /// <summary>Index of the case of a variant, enum, option (0 none, 1 some) or result (0 ok, 1 error).</summary>
    public int Case => (int)_bits;

    /// <summary>Payload of the case; meaningless when the case carries nothing.</summary>
    public ComponentValue Payload => _reference is ComponentValue value ? value : default;

    /// <summary>Whether an option holds a value.</summary>
    public bool IsSome => _bits == 1;

    /// <summary>A scalar by its bits.</summary>
    public static ComponentValue Scalar(ulong bits) => new(bits);

    /// <summary>A <c>bool</c>.</summary>
    public static ComponentValue Bool(bool value) => new(value ? 1UL : 0UL);

    /// <summary>A <c>u8</c>, <c>u16</c> or <c>u32</c>.</summary>
    public static ComponentValue U32(uint value) => new(value);

    /// <summary>A <c>u64</c>.</summary>
    public static ComponentValue U64(ulong value) => new(value);

    /// <summary>A signed integer of any width.</summary>
    public static ComponentValue Signed(long value) => new((ulong)value);

    /// <summary>A <c>string</c>.</summary>
    public static ComponentValue String(string value) => new(0, value);

    /// <summary>A <c>list&lt;u8&gt;</c>; the array is not copied.</summary>
    public static ComponentValue Bytes(byte[] value) => new(0, value);

    /// <summary>A list (not of u8), record or tuple; the array is not copied.</summary>
    public static ComponentValue Values(params ComponentValue[] values) => new(0, values);

    /// <summary>A case without payload of a variant, enum, option or result.</summary>
    public static ComponentValue OfCase(int index) => new((ulong)index);

    /// <summary>A case with payload of a variant.</summary>
    public static ComponentValue OfCase(int index, ComponentValue payload) => new((ulong)index, payload);

    /// <summary>A <c>none</c>.</summary>
    public static ComponentValue None { get; } = OfCase(0);

    /// <summary>A <c>some</c>.</summary>
    public static ComponentValue Some(ComponentValue value) => OfCase(1, value);

    /// <summary>A successful result without value.</summary>
    public static ComponentValue Ok() => OfCase(0);

    /// <summary>A successful result.</summary>
    public static ComponentValue Ok(ComponentValue value) => OfCase(0, value);

    /// <summary>A failed result without value.</summary>
    public static ComponentValue Error() => OfCase(1);

    /// <summary>A failed result.</summary>
    public static ComponentValue Error(ComponentValue value) => OfCase(1, value);

    /// <summary>A handle to a host resource.</summary>
    public static ComponentValue Resource(object resource) => new(0, resource);

    internal static ComponentValue LiftedString(string value, StringSource source) =>
        new((1UL << 40) | ((ulong)source.Encoding << 32) | source.TaggedCodeUnits, value);

    /// <summary>Reads a handle to a host resource.</summary>
    public T AsResource<T>()
        where T : class => (T)_reference!;
}
