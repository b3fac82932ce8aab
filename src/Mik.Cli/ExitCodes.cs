namespace Mik.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The command was understood and failed.</summary>
    public const int Failure = 1;

    /// <summary>The command was not understood.</summary>
    public const int Usage = 2;
}
