namespace Mik.Server.Configuration.Toml;

/// <summary>One thing that is wrong with a TOML file.</summary>
internal readonly record struct TomlError(TomlPosition Position, string Message);
