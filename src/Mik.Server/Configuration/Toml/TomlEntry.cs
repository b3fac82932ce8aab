namespace Mik.Server.Configuration.Toml;

/// <summary>A name of a table and its value.</summary>
internal sealed record TomlEntry(TomlKeyPart Key, TomlValue Value);
