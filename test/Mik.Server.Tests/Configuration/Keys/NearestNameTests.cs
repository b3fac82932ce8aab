using Mik.Server.Configuration.Keys;
using Xunit;

namespace Mik.Server.Tests.Configuration.Keys;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("port", "port", 0)]
    [InlineData("PORT", "port", 0)]
    [InlineData("prot", "port", 1)]
    [InlineData("pot", "port", 1)]
    [InlineData("sport", "port", 1)]
    [InlineData("post", "port", 1)]
    [InlineData("", "port", 4)]
    [InlineData("hots", "host", 1)]
    [InlineData("abcd", "badc", 2)]
    public void Distance_counts_slips(string first, string second, int distance) => Assert.Equal(distance, NearestName.Distance(first, second));

    [Theory]
    [InlineData("hsot", "host")]
    [InlineData("timeout_secs", "script_timeout_secs")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void Finds_what_was_meant_or_nothing(string name, string? expected) =>
        Assert.Equal(expected, NearestName.Find(name, ["port", "host", "script_timeout_secs"]));
}
