namespace Mik.Server.Configuration.Toml;

/// <summary>An array: written <c>[1, 2]</c>, or the tables under a repeated <c>[[header]]</c>.</summary>
internal sealed class TomlArray(TomlPosition position, bool isOfTables) : TomlValue(position)
{
    public List<TomlValue> Items { get; } = [];

    /// <summary>Whether it came from <c>[[headers]]</c>. Only such an array can grow after it was written.</summary>
    public bool IsOfTables { get; } = isOfTables;

    public override string Description => IsOfTables ? "an array of tables" : "an array";
}
