using System.Text.RegularExpressions;
using Xunit;

namespace Mik.Repository.Tests;

/// <summary>The repository speaks of the product only: not of the machines, services or discussions it came from.</summary>
public sealed partial class WordingTests
{
    // Put together here so that this file passes its own test.
    private static readonly string[] Foreign =
    [
        "/wor" + "k/", "/roo" + "t/", "/hom" + "e/", "registry.npm" + "js", "nuget" + ".org", "crates" + ".io", "pypi" + ".org", "proxy.golang" + ".org",
    ];

    public static TheoryData<string> ForeignWords => [.. Foreign];

    [Theory]
    [MemberData(nameof(ForeignWords))]
    public void No_text_names_a_machine_path_or_a_package_registry(string word)
    {
        var naming = RepositoryFiles.Texts.Where(f => RepositoryFiles.Read(f).Contains(word, StringComparison.Ordinal)).ToList();
        Assert.Empty(naming);
    }

    [Fact]
    public void No_text_refers_to_an_issue_by_number()
    {
        Assert.Empty(Mentions(IssueNumber()));
    }

    [Fact]
    public void No_source_leaves_work_for_later_in_a_comment()
    {
        Assert.Empty(Mentions(Unfinished()));
    }

    private static IEnumerable<string> Mentions(Regex pattern) =>
        from file in RepositoryFiles.Texts
        from match in pattern.Matches(RepositoryFiles.Read(file))
        select $"{file}: {match.Value}";

    [GeneratedRegex(@"\b(?:issue|bug|ticket|pull request|PR)s? #\d+|\(#\d+\)|\bGH-\d+", RegexOptions.IgnoreCase)]
    private static partial Regex IssueNumber();

    [GeneratedRegex(@"(?://|#|/\*|<!--)\s*(?:TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished();
}
