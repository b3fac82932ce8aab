namespace Mik.Server.Configuration;

/// <summary>An option of the command line that sets a key: <c>--port</c>, <c>server.port</c>, <c>8080</c>.</summary>
public readonly record struct ConfigOption(string Option, string Key, string Value);
