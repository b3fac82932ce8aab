using System.Text.RegularExpressions;
using Xunit;

namespace Mik.Repository.Tests;

/// <summary>What a document puts in backticks as a path or a type of ours exists.</summary>
public sealed partial class DocumentTests
{
    // Types of .NET and of the packages we use that the documents speak about.
    private static readonly HashSet<string> NotOurs =
    [
        "AccessViolationException", "AssemblyBuilder", "CancellationToken", "DateTime", "DynamicMethod", "FakeTimeProvider", "HttpContext", "InternalsVisibleTo",
        "JSON", "NullReferenceException", "OpenTelemetry", "RyuJIT", "TimeProvider", "TheoryData", "ValueTask",
    ];

    private static readonly string[] Roots = ["src/", "test/", "samples/", "sdk/", "fixtures/", "bench/", "eng/", "docs/", "deploy/", ".ci/", "tools/"];

    public static TheoryData<string> Documents =>
        [.. RepositoryFiles.All.Where(static f => f.EndsWith(".md", StringComparison.Ordinal) && f != "CHANGELOG.md")];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Paths_in_backticks_exist(string document)
    {
        var directory = Path.GetDirectoryName(document)!.Replace('\\', '/');
        var missing = Quoted(document)
            .Select(static q => q.Split(' ')[0])
            .Where(static q => Roots.Any(r => q.StartsWith(r, StringComparison.Ordinal)) && !q.Contains('<', StringComparison.Ordinal))
            .Where(q => !Exists(q) && !Exists($"{directory}/{q}"));

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Types_in_backticks_exist(string document)
    {
        var types = RepositoryFiles.DeclaredTypes.Select(static t => t.Name).Concat(RepositoryFiles.DeclaredScriptTypes).ToHashSet();
        var missing = Quoted(document)
            .Where(static q => TypeName().IsMatch(q))
            .Select(static q => q.Split('.', '(')[0])
            .Where(t => !types.Contains(t) && !NotOurs.Contains(t));

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_to_files_lead_somewhere(string document)
    {
        var directory = Path.GetDirectoryName(document)!.Replace('\\', '/');
        var broken = Link().Matches(RepositoryFiles.Read(document))
            .Select(static m => m.Groups["target"].Value)
            .Where(static t => !t.Contains("://", StringComparison.Ordinal))
            .Where(t => !Exists(directory.Length == 0 ? t : $"{directory}/{t}"));

        Assert.Empty(broken);
    }

    private static bool Exists(string path)
    {
        var full = Path.GetFullPath(RepositoryFiles.Full(path.TrimEnd('/')));
        if (path.Contains('*', StringComparison.Ordinal))
        {
            var directory = Path.GetDirectoryName(full)!;
            return Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory, Path.GetFileName(full)).Any();
        }

        return File.Exists(full) || Directory.Exists(full);
    }

    private static IEnumerable<string> Quoted(string document) =>
        Backticked().Matches(Fence().Replace(RepositoryFiles.Read(document), "")).Select(static m => m.Groups["text"].Value);

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`(?<text>[^`\n]+)`")]
    private static partial Regex Backticked();

    // Two humps or more, so that ordinary words, keywords and opcodes are not taken for types. A member may follow.
    [GeneratedRegex(@"^[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+(?:\.[A-Z]\w*)?(?:\(\))?$|^I[A-Z][a-z]\w+$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)[^)]*\)")]
    private static partial Regex Link();
}
