using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration;

/// <summary>Where a value comes from; the position is null outside a file.</summary>
internal readonly record struct ConfigOrigin(string Source, TomlPosition? Position = null);
