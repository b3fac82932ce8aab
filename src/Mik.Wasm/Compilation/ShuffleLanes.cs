namespace Mik.Wasm.Compilation;

/// <summary>
/// Where the sixteen bytes of a shuffle's result come from: 0 to 15 are the first operand's, 16 to 31 the second's. Once it is about one
/// operand, <see cref="Zero"/> stands for a byte that is not that operand's.
/// </summary>
internal readonly struct ShuffleLanes(UInt128 bits)
{
    public const byte Zero = 0xFF;

    private const int Count = 16;

    /// <summary>The lanes as bytes, the first one lowest.</summary>
    public UInt128 Bits => bits;

    public bool UsesFirst => Any(static lane => lane < Count);

    public bool UsesSecond => Any(static lane => lane >= Count);

    public bool UsesBoth => UsesFirst && UsesSecond;

    /// <summary>Whether every byte stays where it is, so that only the operand has to be chosen.</summary>
    public bool IsBlend => All(static (lane, position) => lane % Count == position);

    public bool IsIdentity => All(static (lane, position) => lane == position);

    /// <summary>Whether each aligned group of four bytes is one of an operand's; lanes of <see cref="Zero"/> are none.</summary>
    public bool MovesWords
    {
        get
        {
            var first = this;
            return All((lane, position) => lane != Zero && lane == first[position & ~3] + (position & 3) && first[position & ~3] % 4 == 0);
        }
    }

    /// <summary>The same lanes, both operands being one.</summary>
    public ShuffleLanes OfOne => Map(static lane => (byte)(lane % Count));

    /// <summary>What the first operand gives.</summary>
    public ShuffleLanes First => Map(static lane => lane < Count ? lane : Zero);

    /// <summary>What the second operand gives.</summary>
    public ShuffleLanes Second => Map(static lane => lane >= Count ? (byte)(lane - Count) : Zero);

    /// <summary>All bits set where the first operand gives the byte.</summary>
    public UInt128 FirstMask => Map(static lane => lane < Count ? (byte)0xFF : (byte)0).Bits;

    public byte this[int position] => (byte)(bits >> (8 * position));

    public bool All(Func<byte, int, bool> predicate)
    {
        for (var i = 0; i < Count; i++)
        {
            if (!predicate(this[i], i))
            {
                return false;
            }
        }

        return true;
    }

    private bool Any(Func<byte, bool> predicate) => !All((lane, _) => !predicate(lane));

    private ShuffleLanes Map(Func<byte, byte> map)
    {
        UInt128 mapped = 0;
        for (var i = Count - 1; i >= 0; i--)
        {
            mapped = (mapped << 8) | map(this[i]);
        }

        return new ShuffleLanes(mapped);
    }
}
