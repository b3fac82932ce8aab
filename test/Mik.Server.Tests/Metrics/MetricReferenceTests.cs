using Mik.Server.Metrics;
using Mik.TestKit;
using Xunit;

namespace Mik.Server.Tests.Metrics;

public sealed class MetricReferenceTests
{
    private const string Start = "<!-- metrics: written by a test from the table in the code; MIK_BLESS=1 rewrites it -->\n";
    private const string End = "<!-- /metrics -->";

    [Fact]
    public void The_guide_lists_every_metric()
    {
        var file = Path.Combine(RepositoryRoot.Path, "docs", "guide", "observability.md");
        var page = File.ReadAllText(file).ReplaceLineEndings("\n");
        var (start, end) = (page.IndexOf(Start, StringComparison.Ordinal) + Start.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("MIK_BLESS") == "1")
        {
            page = page[..start] + MetricReference.ToMarkdown() + page[end..];
            File.WriteAllText(file, page);
            end = page.IndexOf(End, StringComparison.Ordinal);
        }

        Assert.Equal(MetricReference.ToMarkdown(), page[start..end]);
    }
}
