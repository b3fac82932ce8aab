using Mik.Server.Faults;
using Mik.TestKit;
using Xunit;

namespace Mik.Server.Tests.Faults;

public sealed class FaultReferenceTests
{
    [Fact]
    public void The_guide_lists_every_problem()
    {
        var file = Path.Combine(RepositoryRoot.Path, "docs", "guide", "problems.md");
        var page = FaultReference.ToMarkdown().ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("MIK_BLESS") == "1")
        {
            File.WriteAllText(file, page);
        }

        Assert.Equal(page, File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "");
    }
}
