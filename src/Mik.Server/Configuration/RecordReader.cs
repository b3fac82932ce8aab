using Mik.Server.Configuration.Keys;
using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration;

/// <summary>Reads tables of which a file may have any number, each into a record.</summary>
/// <param name="keys">The keys they may have.</param>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="at">Where a position is.</param>
internal sealed class RecordReader<T>(IReadOnlyList<RecordKey<T>> keys, ConfigProblemList problems, Func<TomlPosition, ConfigOrigin> at)
    where T : new()
{
    /// <summary>The record; keys with mistakes keep their defaults.</summary>
    /// <param name="table">The table.</param>
    /// <param name="path">What it is called, such as <c>handlers.orders</c>.</param>
    /// <param name="check">Looks at the record once a key has been read into it.</param>
    public T Read(TomlTable table, string path, Action<T, TomlEntry, string>? check = null)
    {
        var record = new T();
        foreach (var entry in table.Entries)
        {
            var (name, written) = entry;
            var fullName = $"{path}.{name.Name}";
            if (keys.FirstOrDefault(key => key.Name == name.Name) is not { } key)
            {
                var hint = NearestName.Find(name.Name, keys.Select(static key => key.Name)) is { } nearest ? $"; did you mean {nearest}?" : "";
                problems.Warn(at(name.Position), fullName, $"unknown key is ignored{hint}");
            }
            else if (key.Rule.Read(written, (position, message) => problems.Error(at(position), fullName, message)) is { } value)
            {
                record = key.Set(record, value);
                check?.Invoke(record, entry, fullName);
            }
        }

        return record;
    }
}
