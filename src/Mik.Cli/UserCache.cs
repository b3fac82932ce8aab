namespace Mik.Cli;

/// <summary>Where this user's programs keep what they can make again.</summary>
internal static class UserCache
{
    /// <summary>A directory of mik's own; null where the user has no home.</summary>
    public static string? Directory(string name)
    {
        var root = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache) ? cache
            : Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache")
            : "";
        return root.Length == 0 ? null : Path.Combine(root, "mik", name);
    }
}
