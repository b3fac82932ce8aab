namespace Mik.Scripting.Modules;

/// <summary>Finds the file that an import means. Nothing outside the scripts directory is ever found, symbolic links included.</summary>
internal sealed class ModuleResolver
{
    private static readonly string[] Extensions = [".ts", ".mts", ".js", ".mjs", ".json"];

    private readonly string _root;

    public ModuleResolver(string scriptsRoot) => _root = RealPath.Of(Path.GetFullPath(scriptsRoot));

    /// <summary>The name a file goes by in imports, stacks and messages: its path below the scripts directory.</summary>
    public string NameOf(string file) => Path.GetRelativePath(_root, file).Replace(Path.DirectorySeparatorChar, '/');

    public string FileOf(string name) => Path.Combine(_root, name.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>The real path of the script's own file.</summary>
    /// <returns><see langword="null"/> when it does not exist or leads out of the scripts directory.</returns>
    public string? FindEntry(string file) => Find(Path.GetFullPath(file));

    /// <summary>The real path of the file that <paramref name="specifier"/> means in <paramref name="importer"/>.</summary>
    /// <returns>The path, or <see langword="null"/> with the reason in <paramref name="problem"/>.</returns>
    public string? Resolve(string importer, string specifier, out string problem)
    {
        problem = "";
        if (!specifier.StartsWith("./", StringComparison.Ordinal) && !specifier.StartsWith("../", StringComparison.Ordinal))
        {
            problem = $"'{specifier}' cannot be imported: scripts import \"mik-sdk\" and files by relative path";
            return null;
        }

        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(FileOf(importer))!, specifier));
        foreach (var candidate in Candidates(path))
        {
            if (File.Exists(candidate))
            {
                if (Find(candidate) is { } found)
                {
                    return found;
                }

                problem = $"'{specifier}' leads out of the scripts directory";
                return null;
            }
        }

        problem = IsInside(path) ? $"'{specifier}' does not exist" : $"'{specifier}' leads out of the scripts directory";
        return null;
    }

    // "./money" means money.ts and so on; "./money.js" may be how TypeScript's own rules spell money.ts.
    private static IEnumerable<string> Candidates(string path)
    {
        yield return path;
        foreach (var extension in Extensions)
        {
            yield return path + extension;
        }

        if (Path.GetExtension(path) is ".js" or ".mjs")
        {
            yield return Path.ChangeExtension(path, Path.GetExtension(path).Replace("js", "ts", StringComparison.Ordinal));
        }
    }

    private string? Find(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var real = RealPath.Of(file);
        return IsInside(real) ? real : null;
    }

    private bool IsInside(string path) => path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
