using Mik.Server.Endpoints;
using Mik.Server.Metrics;
using Mik.Server.Pipeline;
using Mik.Server.Tracing;
using Xunit;

namespace Mik.Server.Tests.Tracing;

public sealed class SpanNamesTests
{
    [Theory]
    [InlineData("GET", "GET")]
    [InlineData("PATCH", "PATCH")]
    [InlineData("get", "_OTHER")]
    [InlineData("MADEUP", "_OTHER")]
    public void Methods_are_the_known_ones(string method, string expected) => Assert.Equal(expected, SpanNames.MethodOf(method));

    [Theory]
    [InlineData("HTTP/1.1", "1.1")]
    [InlineData("HTTP/2", "2")]
    public void Versions_are_without_their_protocol(string protocol, string expected) => Assert.Equal(expected, SpanNames.VersionOf(protocol));

    [Fact]
    public void Routes_have_stars_for_what_clients_choose()
    {
        Assert.Equal("/script/checkout", SpanNames.RouteOf(new ScriptTarget("checkout"), isKnown: true));
        Assert.Equal("/script/*", SpanNames.RouteOf(new ScriptTarget("made-up"), isKnown: false));
        Assert.Equal("/static/*", SpanNames.RouteOf(new FileTarget("made-up"), isKnown: true));
        Assert.Null(SpanNames.RouteOf(null, isKnown: true));
        Assert.DoesNotContain(
            MetricCatalog.OtherName, Enum.GetValues<BuiltInEndpoint>().Select(static endpoint => SpanNames.RouteOf(new EndpointTarget(endpoint), isKnown: true)));
    }
}
