using System.Text.RegularExpressions;
using Xunit;

namespace Mik.Repository.Tests;

public sealed partial class SourceLayoutTests
{
    private const int LongFile = 500;

    // Words that say nothing about what a type is for, or that make it the place where everything ends up.
    private static readonly string[] BannedEndings =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities", "Processor", "Info", "Impl", "Common"];

    [Fact]
    public void Namespaces_equal_folders()
    {
        var wrong = RepositoryFiles.Sources
            .Where(static f => f.StartsWith("src/", StringComparison.Ordinal) || f.StartsWith("test/", StringComparison.Ordinal))
            .Select(static f => (File: f, Declared: Namespace().Match(RepositoryFiles.Read(f)).Groups["name"].Value))
            .Where(static f => f.Declared.Length > 0 && f.Declared != ExpectedNamespace(f.File))
            .Select(static f => $"{f.File} declares {f.Declared}");

        Assert.Empty(wrong);
    }

    [Fact]
    public void Long_source_files_say_why_they_are_long()
    {
        var unexplained = RepositoryFiles.Sources
            .Where(static f => f.StartsWith("src/", StringComparison.Ordinal))
            .Select(static f => (File: f, Lines: File.ReadAllLines(RepositoryFiles.Full(f))))
            .Where(static f => f.Lines.Length > LongFile && !f.Lines[0].StartsWith("// Long because ", StringComparison.Ordinal))
            .Select(static f => $"{f.File}: {f.Lines.Length} lines and no '// Long because …' on the first");

        Assert.Empty(unexplained);
    }

    [Fact]
    public void Type_names_say_what_the_type_is()
    {
        var vague = RepositoryFiles.DeclaredTypes
            .Where(static t => t.File.StartsWith("src/", StringComparison.Ordinal))
            .Where(static t => BannedEndings.Any(e => t.Name.EndsWith(e, StringComparison.Ordinal)))
            .Select(static t => $"{t.Name} in {t.File}");

        Assert.Empty(vague);
    }

    [Fact]
    public void No_project_is_the_place_for_everything()
    {
        string[] magnets = ["Common", "Core", "Utils", "Abstractions", "Shared"];
        var projects = RepositoryFiles.All.Where(static f => f.EndsWith(".csproj", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension);

        Assert.DoesNotContain(projects, p => magnets.Contains(p!.Split('.')[^1]));
    }

    private static string ExpectedNamespace(string file)
    {
        var folders = file.Split('/')[1..^1];
        return string.Join('.', folders);
    }

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
