using Mik.Server.Catalog;
using Mik.Server.Configuration;
using Mik.Server.Endpoints;
using Mik.Server.Pipeline;
using Mik.Server.Routing;
using Xunit;

namespace Mik.Server.Tests.Routing;

public sealed class RouteLabelsTests
{
    [Fact]
    public void Names_that_nothing_has_are_one()
    {
        Assert.Equal(("script", "checkout", "/script/checkout"), Of(new ScriptTarget("checkout")));
        Assert.Equal(("script", "_unknown", "/script/*"), Of(new ScriptTarget("made-up"), isKnown: false));
        Assert.Equal(("static", "files", "/static/*"), Of(new FileTarget("made-up.html")));
        Assert.Equal(("none", "_unknown", null), Of(null));
    }

    [Fact]
    public void A_handler_s_path_is_a_star_and_tenants_are_one()
    {
        Assert.Equal(("handler", "echo", "/run/echo/*"), Of(Handler("echo", "")));
        Assert.Equal(("tenant_handler", "_tenants", "/tenant/{tenant}/{handler}/*"), Of(Handler("orders", "acme/")));
    }

    [Fact]
    public void Every_endpoint_has_a_name_and_the_path_that_leads_to_it()
    {
        var endpoints = Enum.GetValues<BuiltInEndpoint>();
        var labels = endpoints.Select(static endpoint => RouteLabels.Of(new EndpointTarget(endpoint), isKnown: true)).ToList();

        Assert.Distinct(labels);
        Assert.All(labels, static route => Assert.Equal("endpoint", route.Kind));
        Assert.Equal(endpoints, labels.Select(static route => EndpointAddress.AtPath(route.Template!)!.Endpoint));
    }

    private static (string Kind, string Name, string? Template) Of(Target? target, bool isKnown = true)
    {
        var route = RouteLabels.Of(target, isKnown);
        return (route.Kind, route.Name, route.Template);
    }

    private static HandlerTarget Handler(string name, string prefix)
    {
        var states = new HandlerStates(new MikConfig { Directory = "/" }, TimeProvider.System) { Prefix = prefix };
        return new HandlerTarget(new HandlerEntry(prefix + name, Program: null, LoadFailure: null, states.Of(name)), "/made-up");
    }
}
