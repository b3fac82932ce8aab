using System.Diagnostics.CodeAnalysis;

namespace Mik.Components.Types;

/// <summary>Imports or exports by name, in order. Filled once, then immutable.</summary>
internal sealed class NamedExterns
{
    public static readonly NamedExterns Empty = new();

    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, ComponentExtern>> _entries = [];

    public IReadOnlyList<KeyValuePair<string, ComponentExtern>> Entries => _entries;

    /// <summary>Number of types reachable from here, counted as often as they are reached; see <see cref="TypeWeight"/>.</summary>
    public long Size { get; private set; } = 1;

    /// <summary>How deep the types are nested.</summary>
    public int Depth { get; private set; } = 1;

    /// <summary>Whether any resource is mentioned, so that substitution can change something.</summary>
    public bool MentionsResources { get; private set; }

    public bool TryAdd(string name, ComponentExtern type)
    {
        if (!_positions.TryAdd(name, _entries.Count))
        {
            return false;
        }

        _entries.Add(new(name, type));
        var weight = TypeWeight.Of(type);
        Size += weight.Size;
        Depth = Math.Max(Depth, weight.Depth + 1);
        MentionsResources |= weight.MentionsResources;
        return true;
    }

    public bool TryGet(string name, [NotNullWhen(true)] out ComponentExtern? type)
    {
        type = _positions.TryGetValue(name, out var position) ? _entries[position].Value : null;
        return type is not null;
    }
}
