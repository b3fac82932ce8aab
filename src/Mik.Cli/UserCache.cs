using Mik.Server.Configuration;
using Mik.Wasm.Caching;

namespace Mik.Cli;

/// <summary>Where this user's programs keep what they can make again.</summary>
internal static class UserCache
{
    /// <summary>Says where, instead of the user's own directory for such things; or <c>off</c>.</summary>
    public const string Variable = "MIK_CACHE";

    /// <summary>What TypeScript files were erased to.</summary>
    public static string? ErasedSources => Under("erased");

    /// <summary>Machine code of modules.</summary>
    public static string? Code => Under("code");

    /// <summary>The directory of everything; null when nothing is to be kept, or the user has no home.</summary>
    public static string? Root => Environment.GetEnvironmentVariable(Variable) switch
    {
        "off" => null,
        { Length: > 0 } directory => Path.GetFullPath(directory),
        _ => UserRoot(),
    };

    /// <summary>Opens the cache of machine code.</summary>
    /// <param name="config">How large it may be.</param>
    /// <param name="problem">Why there is none.</param>
    public static CodeCache? OpenCode(MikConfig config, out string? problem)
    {
        problem = $"{Variable} is off, or this user has no home directory";
        return Code is { } directory
            ? CodeCache.Open(new CodeCacheOptions { Directory = directory, MaxBytes = (long)config.Server.MaxCacheMb << 20 }, out problem)
            : null;
    }

    private static string? Under(string name) => Root is { } root ? Path.Combine(root, name) : null;

    private static string? UserRoot()
    {
        var root = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache) ? cache
            : Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache")
            : "";
        return root.Length == 0 ? null : Path.Combine(root, "mik");
    }
}
