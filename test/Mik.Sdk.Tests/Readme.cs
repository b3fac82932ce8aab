using System.Text.RegularExpressions;

namespace Mik.Sdk.Tests;

/// <summary>The examples that the package's README.md gives.</summary>
internal static partial class Readme
{
    /// <summary>The example of that language, counted from 0.</summary>
    public static string Example(string language, int index = 0) =>
        Fence().Matches(File.ReadAllText(Path.Combine(NodeProgram.SdkDirectory, "README.md"))).Where(m => m.Groups["language"].Value == language).ElementAt(index).Groups["text"].Value;

    [GeneratedRegex("^```(?<language>\\w+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
