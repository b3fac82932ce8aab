using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Endpoints;
using Mik.Server.Faults;
using Mik.Server.Pipeline;
using Mik.Server.Routing;
using Xunit;

namespace Mik.Server.Tests.Routing;

public sealed class RouterTests
{
    private static readonly HandlerCatalog Catalog = new([Entry("echo"), Entry("a b"), Entry("café"), Entry("..%2Fx")]);

    [Theory]
    [InlineData("/run/echo", "echo", "/")]
    [InlineData("/run/echo/", "echo", "/")]
    [InlineData("/run/echo/a/b", "echo", "/a/b")]
    [InlineData("/run/echo/a/", "echo", "/a/")]
    [InlineData("/run/echo//a", "echo", "//a")]
    [InlineData("/run/echo?x=1", "echo", "/?x=1")]
    [InlineData("/run/echo/?", "echo", "/?")]
    [InlineData("/run/echo/a?x=1&y=/run/z?", "echo", "/a?x=1&y=/run/z?")]
    [InlineData("/run/echo/a%3Fx=1", "echo", "/a%3Fx=1")]
    [InlineData("/run/echo/a%2Fb", "echo", "/a%2Fb")]
    [InlineData("/run/echo/a%20b", "echo", "/a%20b")]
    [InlineData("/run/echo/a%23b", "echo", "/a%23b")]
    [InlineData("/run/echo/%2e%2e/x", "echo", "/%2e%2e/x")]
    [InlineData("/run/echo/../x", "echo", "/../x")]
    [InlineData("/run/%65cho/x", "echo", "/x")]
    [InlineData("/run/a%20b/x", "a b", "/x")]
    [InlineData("/run/caf%C3%A9", "café", "/")]
    [InlineData("/run/..%252Fx/y", "..%2Fx", "/y")]
    [InlineData("http://shop.example/run/echo/a?b", "echo", "/a?b")]
    public void A_handler_s_path_passes_through_untouched(string raw, string name, string pathAndQuery)
    {
        var target = Assert.IsType<HandlerTarget>(Match("POST", raw));

        Assert.Equal(name, target.Handler.Name);
        Assert.Equal(pathAndQuery, target.PathAndQuery);
    }

    [Theory]
    [InlineData("/script/checkout", "checkout")]
    [InlineData("/script/checkout/", "checkout")]
    [InlineData("/script/checkout/a/b?x=1", "checkout")]
    [InlineData("/script/check%6Fut?x=1", "checkout")]
    public void A_script_is_named_by_one_segment(string raw, string name)
    {
        Assert.Equal(name, Assert.IsType<ScriptTarget>(Match("DELETE", raw)).Name);
    }

    [Theory]
    [InlineData("/", "RouteUnknown")]
    [InlineData("/run", "RouteUnknown")]
    [InlineData("/run/", "RouteUnknown")]
    [InlineData("/run//x", "RouteUnknown")]
    [InlineData("/run?x", "RouteUnknown")]
    [InlineData("/script", "RouteUnknown")]
    [InlineData("/script/", "RouteUnknown")]
    [InlineData("/favicon.ico", "RouteUnknown")]
    [InlineData("/health/", "RouteUnknown")]
    [InlineData("/metrics/", "RouteUnknown")]
    [InlineData("/_mik/other", "RouteUnknown")]
    [InlineData("/tenant/acme/orders", "RouteUnknown")]
    [InlineData("*", "RouteUnknown")]
    [InlineData("http://shop.example", "RouteUnknown")]
    [InlineData("/run/absent/x", "HandlerUnknown")]
    [InlineData("/run/Echo", "HandlerUnknown")]
    [InlineData("/run/a%2Fb/x", "HandlerUnknown")]
    [InlineData("/run/%2e%2e/x", "HandlerUnknown")]
    [InlineData("/run/a%00/", "HandlerUnknown")]
    [InlineData("/run/..%2f..%2fetc%2fpasswd/", "HandlerUnknown")]
    [InlineData("/run/%ff", "HandlerUnknown")]
    [InlineData("/script/%2e%2e", "ScriptUnknown")]
    [InlineData("/script/a%5Cb", "ScriptUnknown")]
    public void What_names_nothing_is_not_found(string raw, string kind)
    {
        Assert.Equal(Enum.Parse<FaultKind>(kind), Refuse("GET", raw).Kind);
    }

    [Theory]
    [InlineData("/health", "Health")]
    [InlineData("/health?verbose=1", "Health")]
    [InlineData("/health/live", "HealthLive")]
    [InlineData("/health/ready", "HealthReady")]
    [InlineData("/_mik/handlers", "Handlers")]
    [InlineData("/_mik/scripts", "Scripts")]
    [InlineData("/_mik/tenants", "Tenants")]
    public void Built_in_endpoints_answer_get_and_head_only(string raw, string endpoint)
    {
        Assert.Equal(Enum.Parse<BuiltInEndpoint>(endpoint), Assert.IsType<EndpointTarget>(Match("GET", raw)).Endpoint);
        Assert.IsType<EndpointTarget>(Match("HEAD", raw));
        Assert.Equal(FaultKind.MethodNotAllowed, Refuse("POST", raw).Kind);
        Assert.Equal(FaultKind.MethodNotAllowed, Refuse("OPTIONS", raw).Kind);
    }

    [Theory]
    [InlineData("/static/", "")]
    [InlineData("/static/a/b.css?v=1", "a/b.css")]
    [InlineData("/static/../x%2F", "../x%2F")]
    public void A_file_s_path_is_what_follows_untouched(string raw, string path)
    {
        Assert.Equal(path, Assert.IsType<FileTarget>(Match("GET", raw)).Path);
        Assert.Equal(FaultKind.MethodNotAllowed, Refuse("POST", raw).Kind);
    }

    [Fact]
    public void A_path_of_4096_bytes_is_the_longest()
    {
        var longest = "/run/echo/".PadRight(4096, 'a');

        Assert.IsType<HandlerTarget>(Match("GET", longest + "?a-query-does-not-count"));
        Assert.Equal(FaultKind.PathTooLong, Refuse("GET", longest + "a").Kind);
    }

    private static Target Match(string method, string raw)
    {
        Assert.True(Router.TryMatch(method, RequestTarget.Parse(raw), Catalog, tenants: null, out var target, out _));
        return target;
    }

    private static Fault Refuse(string method, string raw)
    {
        Assert.False(Router.TryMatch(method, RequestTarget.Parse(raw), Catalog, tenants: null, out _, out var fault));
        return fault;
    }

    private static HandlerEntry Entry(string name) => new(
        name,
        Program: null,
        LoadFailure: null,
        new HandlerState(name, new HandlerSettings(1, TimeSpan.FromSeconds(1), default), new CircuitBreaker(new CircuitBreakerRule(5, TimeSpan.FromSeconds(1), 1), TimeProvider.System)));
}
