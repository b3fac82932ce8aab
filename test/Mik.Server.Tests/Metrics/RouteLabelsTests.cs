using Mik.Server.Endpoints;
using Mik.Server.Metrics;
using Mik.Server.Pipeline;
using Xunit;

namespace Mik.Server.Tests.Metrics;

public sealed class RouteLabelsTests
{
    [Fact]
    public void Names_that_nothing_has_are_one()
    {
        Assert.Equal(("script", "checkout"), RouteLabels.Of(new ScriptTarget("checkout"), isKnown: true));
        Assert.Equal(("script", "_unknown"), RouteLabels.Of(new ScriptTarget("made-up"), isKnown: false));
        Assert.Equal(("static", "files"), RouteLabels.Of(new FileTarget("made-up.html"), isKnown: true));
        Assert.Equal(("none", "_unknown"), RouteLabels.Of(null, isKnown: true));
    }

    [Fact]
    public void Every_endpoint_has_a_name()
    {
        var names = Enum.GetValues<BuiltInEndpoint>().Select(static endpoint => RouteLabels.Of(new EndpointTarget(endpoint), isKnown: true).Name);

        Assert.Distinct(names);
        Assert.DoesNotContain(MetricCatalog.OtherName, names);
    }
}
