namespace Mik.Server.Configuration.Keys;

/// <summary>Everything there is to know about one key of the configuration.</summary>
internal sealed record ConfigKey
{
    public required string Section { get; init; }

    public required string Name { get; init; }

    /// <summary>One sentence for the reference page.</summary>
    public required string Summary { get; init; }

    /// <summary>Which values it takes.</summary>
    public required ConfigRule Rule { get; init; }

    /// <summary>Whether anything obeys it yet. A key that nothing obeys is checked, and setting it earns a warning.</summary>
    public bool IsObeyed { get; init; } = true;

    /// <summary>Whether a running server goes on with its former value.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>The variables that set it, the weaker first.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Its value in a configuration; in one made of defaults, its default.</summary>
    public required Func<MikConfig, object?> Get { get; init; }

    /// <summary>A configuration with the value that <see cref="Rule"/> returned.</summary>
    public required Func<MikConfig, object, MikConfig> Set { get; init; }

    public string FullName => $"{Section}.{Name}";
}
