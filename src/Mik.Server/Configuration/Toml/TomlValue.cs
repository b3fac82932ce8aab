namespace Mik.Server.Configuration.Toml;

/// <summary>Any TOML value, with the place where it is written.</summary>
internal abstract class TomlValue(TomlPosition position)
{
    public TomlPosition Position { get; } = position;

    /// <summary>What it is, in the words of an error message: "a string", "an integer", "a table".</summary>
    public abstract string Description { get; }
}
