using System.Text.RegularExpressions;
using Mik.TestKit;

namespace Mik.Repository.Tests;

/// <summary>The files of the working copy that belong to the repository, as paths with forward slashes relative to its root.</summary>
internal static partial class RepositoryFiles
{
    private static readonly string[] Foreign = [".git", "artifacts", "node_modules", "TestResults", "bin", "obj", ".vs", ".idea"];

    private static readonly string[] TextExtensions =
    [
        ".c", ".cs", ".csproj", ".globalconfig", ".h", ".js", ".json", ".lua", ".md", ".mjs", ".props", ".sh", ".slnx", ".targets", ".toml",
        ".ts", ".txt", ".wat", ".wit", ".yml", "",
    ];

    public static IReadOnlyList<string> All { get; } = [.. Under(RepositoryRoot.Path).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Texts => All.Where(static f => TextExtensions.Contains(Path.GetExtension(f)) || Path.GetFileName(f)[0] == '.');

    public static IEnumerable<string> Sources => All.Where(static f => f.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>Every type declared in C#, with the file that declares it.</summary>
    public static IReadOnlyList<(string Name, string File)> DeclaredTypes { get; } =
        [.. Sources.SelectMany(static f => TypeDeclaration().Matches(Read(f)).Select(m => (m.Groups["name"].Value, f)))];

    /// <summary>The names of the types that the package <c>mik-sdk</c> declares.</summary>
    public static IEnumerable<string> DeclaredScriptTypes =>
        from file in All
        where file.StartsWith("sdk/", StringComparison.Ordinal) && file.EndsWith(".d.ts", StringComparison.Ordinal)
        from match in ScriptTypeDeclaration().Matches(Read(file))
        select match.Groups["name"].Value;

    public static string Full(string file) => Path.Combine(RepositoryRoot.Path, file);

    public static string Read(string file) => File.ReadAllText(Full(file));

    private static IEnumerable<string> Under(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory))
        {
            // In a worktree .git is a file.
            if (!Foreign.Contains(Path.GetFileName(file)))
            {
                yield return Path.GetRelativePath(RepositoryRoot.Path, file).Replace('\\', '/');
            }
        }

        foreach (var child in Directory.EnumerateDirectories(directory).Where(static d => !Foreign.Contains(Path.GetFileName(d))))
        {
            foreach (var file in Under(child))
            {
                yield return file;
            }
        }
    }

    [GeneratedRegex(@"^[ \t]*(?:(?:public|internal|private|protected|file|static|sealed|abstract|readonly|ref|partial|unsafe|record|delegate)\s+)*(?:class|struct|interface|enum|record|delegate\s+[\w<>\[\]?*.]+)\s+(?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^(?:export )?(?:class|interface|type)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex ScriptTypeDeclaration();
}
