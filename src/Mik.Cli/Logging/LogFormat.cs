namespace Mik.Cli.Logging;

/// <summary>How the log looks.</summary>
internal enum LogFormat
{
    /// <summary>Text on a terminal, JSON elsewhere.</summary>
    Auto,

    /// <summary>One readable line per entry.</summary>
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,
}
