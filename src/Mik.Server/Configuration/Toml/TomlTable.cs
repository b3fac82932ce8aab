using System.Diagnostics.CodeAnalysis;

namespace Mik.Server.Configuration.Toml;

/// <summary>A table: names and values in the order they were written.</summary>
internal sealed class TomlTable(TomlPosition position, TomlTableOrigin origin) : TomlValue(position)
{
    private readonly List<TomlEntry> _entries = [];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);

    public IReadOnlyList<TomlEntry> Entries => _entries;

    /// <summary>How it came to be; an implicit table becomes an explicit one when its header is met.</summary>
    public TomlTableOrigin Origin { get; set; } = origin;

    public override string Description => "a table";

    public bool TryGet(string name, [NotNullWhen(true)] out TomlEntry? entry)
    {
        entry = _indices.TryGetValue(name, out var index) ? _entries[index] : null;
        return entry is not null;
    }

    /// <summary>Adds a name that is not there yet.</summary>
    public void Add(TomlKeyPart key, TomlValue value)
    {
        _indices.Add(key.Name, _entries.Count);
        _entries.Add(new TomlEntry(key, value));
    }
}
