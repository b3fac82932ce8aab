using Mik.Server.Configuration.Keys;
using Mik.TestKit;
using Xunit;

namespace Mik.Server.Tests.Configuration.Keys;

public sealed class ConfigReferenceTests
{
    [Fact]
    public void Reference_page_is_what_the_table_says()
    {
        var file = Path.Combine(RepositoryRoot.Path, "docs", "guide", "configuration.md");
        if (Environment.GetEnvironmentVariable("MIK_BLESS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, ConfigReference.Render());
        }

        Assert.Equal(File.ReadAllText(file), ConfigReference.Render());
    }
}
