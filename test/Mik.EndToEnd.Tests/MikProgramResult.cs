namespace Mik.EndToEnd.Tests;

/// <summary>How a run of the program ended and what it wrote.</summary>
internal sealed record MikProgramResult(int ExitCode, string Output, string Error);
