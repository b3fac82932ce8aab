namespace Mik.Server.Observability;

/// <summary>The log categories, so that each can be turned up or down by itself.</summary>
internal static class LogCategories
{
    /// <summary>The server's own life: start, stop, what was loaded, what went wrong.</summary>
    public const string Server = "Mik.Server";

    /// <summary>One line per request.</summary>
    public const string Requests = "Mik.Requests";

    /// <summary>What handlers print.</summary>
    public const string Handlers = "Mik.Handlers";

    /// <summary>What scripts write to their console.</summary>
    public const string Scripts = "Mik.Scripts";
}
