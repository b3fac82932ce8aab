namespace Mik.Server.Configuration.Toml;

/// <summary>One name of a key such as <c>a.b.c</c>, and where it is written.</summary>
internal readonly record struct TomlKeyPart(string Name, TomlPosition Position);
