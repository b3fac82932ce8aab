using Mik.Server.Observability;
using Xunit;

namespace Mik.Server.Tests.Observability;

public sealed class RequestIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("7f3c1b1e-8f0a-4c7e-9f43-2d5b7a1f0e11")]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793")]
    public void A_harmless_id_is_kept(string id) => Assert.Equal(id, RequestId.From(id));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("quote\"")]
    [InlineData("line\nbreak")]
    [InlineData("caf\u00e9")]
    public void Any_other_is_replaced(string? id) => Assert.True(Guid.TryParse(RequestId.From(id), out _));

    [Fact]
    public void The_longest_id_has_128_characters()
    {
        Assert.Equal(new string('a', 128), RequestId.From(new string('a', 128)));
        Assert.NotEqual(new string('a', 129), RequestId.From(new string('a', 129)));
    }

    [Fact]
    public void No_id_comes_twice()
    {
        var ids = Enumerable.Range(0, 1000).Select(static _ => RequestId.From(null)).ToList();

        Assert.Distinct(ids);
        Assert.All(ids, static id => Assert.Equal(4, Guid.Parse(id).Version));
    }
}
