namespace Mik.Server.Configuration;

/// <summary>Where a configuration is to be read from.</summary>
public sealed record ConfigRequest
{
    /// <summary>The project's directory, which holds <c>mik.toml</c> or not. Relative to the current directory.</summary>
    public required string Directory { get; init; }

    /// <summary>The one component to serve, or null.</summary>
    public string? SingleHandlerFile { get; init; }

    /// <summary>The environment; a variable with an empty value counts as absent.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Options of the command line that set a key.</summary>
    public IReadOnlyList<ConfigOption> Options { get; init; } = [];
}
