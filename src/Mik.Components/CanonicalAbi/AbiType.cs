using System.Collections.Immutable;
using Mik.Components.Types;
using Mik.Wasm.Types;

namespace Mik.Components.CanonicalAbi;

/// <summary>The shapes that are left when specialised types are written as the general ones.</summary>
// cabi: despecialize
internal enum AbiKind : byte
{
    Bool,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F32,
    F64,
    Char,
    String,
    ByteList,
    List,
    FixedList,
    Record,
    Variant,
    Flags,
    Own,
    Borrow,
}

/// <summary>
/// Everything the canonical ABI needs to know about a type, computed once: layout in memory, flat form, and the parts.
/// Immutable.
/// </summary>
internal sealed class AbiType
{
    public required AbiKind Kind { get; init; }

    /// <summary>Bytes per element of a list.</summary>
    // cabi: elem_size
    public required int Size { get; init; }

    // cabi: alignment
    public required int Alignment { get; init; }

    /// <summary>Element size with 64-bit pointers, which is what limits types.</summary>
    public required long Size64 { get; init; }

    public required int Alignment64 { get; init; }

    /// <summary>Core values it becomes; default when there are more than can ever be passed flat.</summary>
    // cabi: flatten_type
    public required ImmutableArray<ValType> Flat { get; init; }

    /// <summary>Whether lists or strings are inside, so that lowering allocates.</summary>
    public bool ContainsPointer { get; init; }

    // cabi: contains_borrow
    public bool ContainsBorrow { get; init; }

    /// <summary>Fields of a record.</summary>
    public AbiField[] Fields { get; init; } = [];

    /// <summary>Payloads of a variant; <see langword="null"/> for a case without.</summary>
    public AbiType?[] Cases { get; init; } = [];

    public int DiscriminantSize { get; init; }

    /// <summary>Where a variant's payload starts.</summary>
    public int PayloadOffset { get; init; }

    /// <summary>Element of a list.</summary>
    public AbiType? Element { get; init; }

    /// <summary>Number of elements of a list of fixed length.</summary>
    public int Length { get; init; }

    /// <summary>The valid bits of flags.</summary>
    public uint FlagsMask { get; init; }

    /// <summary>The resource of a handle.</summary>
    public ResourceType? Resource { get; init; }

    public bool IsFlat => !Flat.IsDefault;
}

/// <param name="Type">The field's type.</param>
/// <param name="Offset">Where the field starts in the record.</param>
internal readonly record struct AbiField(AbiType Type, int Offset);
