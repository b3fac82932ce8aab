namespace Mik.Server.Configuration;

/// <summary>How bad a problem of the configuration is.</summary>
public enum ConfigSeverity
{
    /// <summary>Something was ignored or looks mistaken; the program runs.</summary>
    Warning,

    /// <summary>The program does not start.</summary>
    Error,
}
