namespace Mik.Server.Configuration.Toml;

/// <summary>Leaves the parser at the first syntax error: what follows it cannot be told apart from its consequences.</summary>
internal sealed class TomlSyntaxException(TomlError error) : Exception(error.Message)
{
    public TomlError Error { get; } = error;
}
