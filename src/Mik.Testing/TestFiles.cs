namespace Mik.Testing;

/// <summary>Which files are tests.</summary>
public static class TestFiles
{
    private static readonly string[] Endings = [".ts", ".mts", ".js", ".mjs"];

    /// <summary>Whether a file's name says that it holds tests: <c>*.test.*</c> or <c>*.spec.*</c>, in JavaScript or TypeScript.</summary>
    public static bool IsTest(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return Endings.Contains(Path.GetExtension(file), StringComparer.Ordinal)
            && (name.EndsWith(".test", StringComparison.Ordinal) || name.EndsWith(".spec", StringComparison.Ordinal));
    }

    /// <summary>
    /// The full paths of the test files in a directory and below, in order. What is not the project's own is not looked into:
    /// <c>node_modules</c> and whatever is hidden.
    /// </summary>
    public static IReadOnlyList<string> Under(string directory)
    {
        var files = new List<string>();
        Collect(Path.GetFullPath(directory), files);
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static void Collect(string directory, List<string> files)
    {
        files.AddRange(Directory.EnumerateFiles(directory).Where(IsTest));
        foreach (var child in new DirectoryInfo(directory).EnumerateDirectories())
        {
            // Links may lead in circles.
            if (child.Name != "node_modules" && !child.Name.StartsWith('.') && child.LinkTarget is null)
            {
                Collect(child.FullName, files);
            }
        }
    }
}
