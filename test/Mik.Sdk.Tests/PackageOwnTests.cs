using Xunit;

namespace Mik.Sdk.Tests;

/// <summary>The package's tests of itself, as they run outside of mik.</summary>
public sealed class PackageOwnTests
{
    [Fact]
    public async Task Pass_under_a_foreign_runner()
    {
        VitestReport.AssertAllPassed(await NodeProgram.VitestAsync(NodeProgram.SdkDirectory, "--globals"));
    }

    [Fact]
    public async Task Are_typed_more_strictly_than_scripts_have_to_be()
    {
        Assert.Equal("", (await NodeProgram.TypeCheckAsync(NodeProgram.SdkDirectory)).Output);
    }
}
