namespace Mik.Server.Configuration.Keys;

/// <summary>Sections and keys that other versions of the program know. Silence about them would be taken for consent.</summary>
internal static class ForeignKeys
{
    /// <summary>What is said of all of them.</summary>
    public const string Ignored = "is not supported by this version and is ignored";

    private static readonly Dictionary<string, string> Messages = new(StringComparer.Ordinal)
    {
        ["composition"] = Ignored + ": components run without a bridge",
        ["dependencies"] = Ignored,
        ["dev-dependencies"] = Ignored,
        ["lb"] = Ignored,
        ["schedules"] = Ignored,
        ["sidecars"] = Ignored,
        ["server.auto"] = Ignored + ": every limit has a fixed default",
        ["server.cache_size"] = Ignored + ": max_cache_mb bounds the cache",
        ["server.log_max_files"] = Ignored + ": logs go to the console",
        ["server.log_max_size_mb"] = Ignored + ": logs go to the console",
        ["server.logging"] = Ignored + ": requests are always logged",
        ["server.memory_limit_bytes"] = Ignored + ": use memory_limit_mb",
        ["server.watch_debounce_ms"] = Ignored,
    };

    /// <summary>What to say about a section (<c>lb</c>) or a key (<c>server.auto</c>); null when it is not known anywhere.</summary>
    public static string? Explain(string name) => Messages.GetValueOrDefault(name);
}
