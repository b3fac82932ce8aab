namespace Mik.Server.Configuration;

/// <summary>One environment variable given to handlers.</summary>
public readonly record struct EnvVariable(string Name, string Value);
