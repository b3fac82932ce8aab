namespace Mik.Cli.Tests;

/// <summary>How a run of the program ended and what it wrote.</summary>
internal sealed record MikCommandResult(int ExitCode, string Output, string Error);
