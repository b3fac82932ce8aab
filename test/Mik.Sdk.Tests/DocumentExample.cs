using System.Text.RegularExpressions;

namespace Mik.Sdk.Tests;

/// <summary>The examples that documents give.</summary>
internal static partial class DocumentExample
{
    /// <summary>The example of that language in the package's README.md, counted from 0.</summary>
    public static string InReadme(string language, int index = 0) => In("sdk/README.md", language, index);

    /// <summary>The example of that language in a document of the repository, counted from 0.</summary>
    public static string In(string document, string language, int index = 0) => Fence().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, document)))
        .Where(m => m.Groups["language"].Value == language)
        .ElementAt(index)
        .Groups["text"].Value;

    [GeneratedRegex("^```(?<language>\\w+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
