namespace Mik.Server.Configuration.Toml;

/// <summary>A TOML file as read: its tables, and everything that was wrong with it.</summary>
/// <remarks>With errors, <see cref="Root"/> holds what was understood before and between them.</remarks>
internal sealed record TomlDocument(TomlTable Root, IReadOnlyList<TomlError> Errors);
