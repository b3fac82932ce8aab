using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>A kind of exception. Two tags are the same only if they are one object.</summary>
// spec: syntax-taginst
public sealed class Tag : Extern
{
    private static long _lastIdentity;

    private Tag(Store store, FuncType type)
        : base(store)
    {
        Type = type;
        Identity = Interlocked.Increment(ref _lastIdentity);
    }

    /// <summary>What exceptions carry: its parameters.</summary>
    public FuncType Type { get; }

    /// <inheritdoc/>
    public override ExternType ExternType => new TagType(Type);

    /// <summary>What emitted code compares; never 0 and never given twice in a process.</summary>
    internal long Identity { get; }

    /// <summary>Makes a tag that guests of <paramref name="store"/> can import.</summary>
    /// <exception cref="ArgumentException">The type has results.</exception>
    public static Tag Create(Store store, FuncType type)
    {
        if (type.Results.Length > 0)
        {
            throw new ArgumentException($"A tag's type has no results: {type}", nameof(type));
        }

        store.EnsureResultSlots(type.ParameterSlots);
        return new Tag(store, type);
    }
}
