using Xunit;

namespace Mik.Sdk.Tests;

/// <summary>The package's tests of itself, in mik and outside.</summary>
public sealed class PackageOwnTests
{
    [Fact]
    public async Task Pass_under_a_foreign_runner()
    {
        VitestReport.AssertAllPassed(await NodeProgram.VitestAsync(NodeProgram.SdkDirectory, "--globals"));
    }

    [Fact]
    public async Task Pass_in_the_engine_that_serves_scripts()
    {
        var result = await MikProgram.RunAsync(NodeProgram.SdkDirectory, ["test", "tests"]);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public async Task Are_typed_more_strictly_than_scripts_have_to_be()
    {
        Assert.Equal("", (await NodeProgram.TypeCheckAsync(NodeProgram.SdkDirectory)).Output);
    }
}
