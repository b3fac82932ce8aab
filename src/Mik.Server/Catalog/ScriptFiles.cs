namespace Mik.Server.Catalog;

/// <summary>Which files of the scripts' directory are endpoints, and under which name.</summary>
internal static class ScriptFiles
{
    private static readonly string[] Extensions = [".ts", ".mts", ".js", ".mjs"];

    /// <summary>The files that define a script of that name: none, one, or a conflict.</summary>
    public static IReadOnlyList<string> Defining(string directory, string name)
    {
        var files = new List<string>(1);
        foreach (var extension in Extensions)
        {
            var fileName = name + extension;
            var path = Path.Combine(directory, fileName);
            if (IsEndpoint(fileName) && File.Exists(path) && ExactName.Exists(directory, fileName))
            {
                files.Add(path);
            }
        }

        return files;
    }

    /// <summary>The names of all scripts in the directory, in order.</summary>
    public static IReadOnlyList<string> NamesIn(string directory) =>
        Directory.Exists(directory)
            ? [.. Directory.EnumerateFiles(directory)
                .Select(path => Path.GetFileName(path))
                .Where(IsEndpoint)
                .Select(fileName => Path.GetFileNameWithoutExtension(fileName))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)]
            : [];

    private static bool IsEndpoint(string fileName) =>
        Extensions.Contains(Path.GetExtension(fileName), StringComparer.Ordinal)
        && !fileName.Contains(".test.", StringComparison.Ordinal)
        && !fileName.Contains(".spec.", StringComparison.Ordinal)
        && !fileName.EndsWith(".d.ts", StringComparison.Ordinal)
        && !fileName.EndsWith(".d.mts", StringComparison.Ordinal);
}
