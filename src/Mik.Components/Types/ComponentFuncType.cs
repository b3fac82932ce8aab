using System.Collections.Immutable;

namespace Mik.Components.Types;

/// <summary>A component-level function's signature. Immutable; equality is structural.</summary>
/// <param name="Parameters">Names and types, first to last.</param>
/// <param name="Result">What it returns, or <see langword="null"/> for nothing.</param>
public sealed record ComponentFuncType(ImmutableArray<WitField> Parameters, WitType? Result)
{
    /// <summary>Describes a function in one line.</summary>
    public static ComponentFuncType Of(WitType? result, params ReadOnlySpan<WitField> parameters) => new([.. parameters], result);

    /// <inheritdoc/>
    public bool Equals(ComponentFuncType? other) =>
        other is not null && Equals(Result, other.Result) && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Parameters.Length, Result);
}
