using System.Text.Json;
using System.Text.RegularExpressions;
using Mik.TestKit;
using Xunit;

namespace Mik.Conformance.Tests.Core;

/// <summary>What can be said of the lists of known failures without the suites themselves.</summary>
public sealed partial class ExpectationsTests
{
    [Fact]
    public void Every_known_failure_names_its_place_and_its_reason()
    {
        var lists = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "test", "Mik.Conformance.Tests", "expectations"), "*.json");
        Assert.NotEmpty(lists);

        var vague = lists
            .SelectMany(static list => JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(list))!)
            .Where(static entry => !Place().IsMatch(entry.Key) || string.IsNullOrWhiteSpace(entry.Value))
            .Select(static entry => entry.Key);

        Assert.Empty(vague);
    }

    // script:line
    [GeneratedRegex(@"^.+:\d+$")]
    private static partial Regex Place();
}
