using System.Collections.Immutable;

namespace Mik.Wasm.Types;

/// <summary>A function's parameter and result types. Immutable; equality is structural.</summary>
// spec: syntax-functype
public sealed class FuncType : IEquatable<FuncType>
{
    private readonly int _hash;

    /// <summary>Describes a function.</summary>
    public FuncType(ImmutableArray<ValType> parameters, ImmutableArray<ValType> results)
    {
        Parameters = parameters;
        Results = results;
        var hash = new HashCode();
        hash.Add(parameters.Length);
        foreach (var type in parameters)
        {
            hash.Add(type);
        }

        foreach (var type in results)
        {
            hash.Add(type);
        }

        _hash = hash.ToHashCode();
        ParameterSlots = SlotsOf(parameters);
        ResultSlots = SlotsOf(results);
    }

    /// <summary>Parameter types, first to last.</summary>
    public ImmutableArray<ValType> Parameters { get; }

    /// <summary>Result types, first to last.</summary>
    public ImmutableArray<ValType> Results { get; }

    /// <summary>Slots of all parameters together; see <see cref="ValTypes.Slots"/>.</summary>
    public int ParameterSlots { get; }

    /// <summary>Slots of all results together.</summary>
    public int ResultSlots { get; }

    /// <inheritdoc/>
    public bool Equals(FuncType? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && _hash == other._hash
            && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan())
            && Results.AsSpan().SequenceEqual(other.Results.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FuncType);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The type in the text format's notation, such as <c>(i32 i32) -> (i64)</c>.</summary>
    public override string ToString() =>
        $"({string.Join(' ', Parameters.Select(static t => t.Text()))}) -> ({string.Join(' ', Results.Select(static t => t.Text()))})";

    private static int SlotsOf(ImmutableArray<ValType> types)
    {
        var slots = types.Length;
        foreach (var type in types)
        {
            slots += type.Slots() - 1;
        }

        return slots;
    }
}
