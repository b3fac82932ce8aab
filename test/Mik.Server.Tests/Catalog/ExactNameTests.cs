using Mik.Server.Catalog;
using Xunit;

namespace Mik.Server.Tests.Catalog;

public sealed class ExactNameTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mik-names");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("orders.wasm")]
    [InlineData("ORDERS.wasm")]
    [InlineData("Orders.WASM")]
    [InlineData("12345")]
    [InlineData("12345 ")]
    [InlineData("äöü")]
    [InlineData("ÄÖÜ")]
    [InlineData("absent")]
    public void A_name_is_there_in_its_own_spelling_only(string name)
    {
        string[] present = ["orders.wasm", "12345", "äöü"];
        foreach (var file in present)
        {
            File.WriteAllText(Path.Combine(_directory.FullName, file), "");
        }

        Assert.Equal(present.Contains(name), ExactName.Exists(_directory.FullName, name));
    }

    [Fact]
    public void Both_spellings_may_be_there()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "a"), "");
        File.WriteAllText(Path.Combine(_directory.FullName, "A"), "");

        Assert.SkipUnless(_directory.GetFiles().Length == 2, "The file system does not tell cases apart.");
        Assert.True(ExactName.Exists(_directory.FullName, "a"));
        Assert.True(ExactName.Exists(_directory.FullName, "A"));
    }
}
