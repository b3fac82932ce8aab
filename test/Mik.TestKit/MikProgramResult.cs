namespace Mik.TestKit;

/// <summary>How a run of the program ended and what it wrote.</summary>
public sealed record MikProgramResult(int ExitCode, string Output, string Error);
