namespace Mik.Server.Access;

/// <summary>
/// A request's path as rules about paths see it. A handler may decode and tidy up what it is given; a rule must not be passed by for
/// that, so it is matched against the path as it was sent, and as it is once decoded and tidied up.
/// </summary>
internal static class GuardedPath
{
    /// <summary>The ways in which a path may be understood, each as its names.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> ReadingsOf(string path)
    {
        var decoded = Decode(path).Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        var tidy = new List<string>(decoded.Length);
        foreach (var name in decoded)
        {
            if (name == ".." && tidy.Count > 0)
            {
                tidy.RemoveAt(tidy.Count - 1);
            }
            else if (name is not ("." or ".."))
            {
                tidy.Add(name);
            }
        }

        return [decoded, tidy];
    }

    /// <summary>Whether a path is a prefix, or what stands below it.</summary>
    public static bool IsBelow(IReadOnlyList<string> path, IReadOnlyList<string> prefix)
    {
        if (path.Count < prefix.Count)
        {
            return false;
        }

        for (var i = 0; i < prefix.Count; i++)
        {
            if (!string.Equals(path[i], prefix[i], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    // Malformed escapes stay as they are, and bytes that are no UTF-8 become what no rule has.
    private static string Decode(string path) => path.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(path) : path;
}
