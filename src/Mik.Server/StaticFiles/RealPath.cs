namespace Mik.Server.StaticFiles;

/// <summary>Where a path leads once every symbolic link on the way has been followed.</summary>
internal static class RealPath
{
    /// <summary>As many as Linux follows before it takes them for a circle.</summary>
    private const int MaxLinks = 40;

    /// <summary>The path without links, whether or not there is something at its end; <see langword="null"/> when links go in circles.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="IOException">A link cannot be read.</exception>
    public static string? Of(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        var pending = new Stack<string>();
        Push(pending, full[real.Length..]);
        for (var links = 0; pending.TryPop(out var name);)
        {
            if (name == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            if (Path.IsPathRooted(target))
            {
                real = Path.GetPathRoot(target)!;
                target = target[real.Length..];
            }

            Push(pending, target);
        }

        return real;
    }

    private static void Push(Stack<string> pending, string relative)
    {
        foreach (var name in relative.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar]).Reverse())
        {
            if (name is not ("" or "."))
            {
                pending.Push(name);
            }
        }
    }
}
