namespace Mik.Cli;

/// <summary>A command failed for a reason that its user can act on; the message says all there is to say.</summary>
internal sealed class CliException(string message) : Exception(message);
