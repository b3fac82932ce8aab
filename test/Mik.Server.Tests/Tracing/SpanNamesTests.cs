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

    [Theory]
    [InlineData("echo", "handler echo")]
    [InlineData("acme/orders", "handler")]
    [InlineData(null, "handler")]
    public void What_is_a_tenant_s_has_no_name_of_its_own(string? handler, string expected) => Assert.Equal(expected, SpanNames.Of("handler", handler));
}
