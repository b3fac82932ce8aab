namespace Mik.Server.Configuration.Toml;

/// <summary>A place in a TOML file. Both numbers start at one; columns count UTF-16 units, as editors do.</summary>
internal readonly record struct TomlPosition(int Line, int Column);
