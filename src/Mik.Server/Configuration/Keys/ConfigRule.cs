using Mik.Server.Configuration.Toml;

namespace Mik.Server.Configuration.Keys;

/// <summary>Which values a key takes, how they are read, and how that is said to a person.</summary>
internal abstract class ConfigRule
{
    /// <summary>What is allowed, to follow "must be": "an integer from 1 to 300".</summary>
    public abstract string Allowed { get; }

    /// <summary>Reads a value of a file; null after <paramref name="fail"/> was told why it cannot be.</summary>
    public abstract object? Read(TomlValue value, Action<TomlPosition, string> fail);

    /// <summary>Reads the text of an environment variable or an option; null after <paramref name="fail"/> was told why it cannot be.</summary>
    public abstract object? Parse(string text, Action<string> fail);

    protected string Refuse(string found) => $"must be {Allowed}, found {found}";
}
