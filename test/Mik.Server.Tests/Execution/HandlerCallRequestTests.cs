using Mik.Scripting;
using Mik.Server.Execution;
using Mik.Server.Observability;
using Xunit;

namespace Mik.Server.Tests.Execution;

public sealed class HandlerCallRequestTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("", "/")]
    [InlineData("orders?open=1", "/orders?open=1")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/caf\u00e9#top", "/caf%C3%A9%23top")]
    [InlineData("/x\r\nhost: y", "/x%0D%0Ahost:%20y")]
    [InlineData("//evil.example/x", "//evil.example/x")]
    public void Paths_are_made_fit_to_send(string path, string sent) =>
        Assert.Equal(sent, HandlerCallRequest.From(Call(path: path), "r-1", TraceContext.From(null), 0)?.PathAndQuery);

    [Fact]
    public void Identity_and_connection_are_the_host_s_business()
    {
        var trace = TraceContext.From(null);
        var call = Call(headers:
        [
            new("accept", "application/json"),
            new("X-Request-ID", "forged"),
            new("traceparent", "forged"),
            new("Host", "forged"),
            new("Content-Length", "999"),
            new("Connection", "close"),
            new("x-name", "\u20ac"),
        ]);

        var request = HandlerCallRequest.From(call with { Body = new byte[3], HasBody = true }, "r-1", trace, 3)!;

        Assert.Equal(
            ["accept: application/json", "x-name: \u00e2\u0082\u00ac", "content-length: 3", "x-request-id: r-1", $"traceparent: {trace.TraceParent}"],
            request.Headers.Select(field => $"{field.Name}: {field.Value}"));
        Assert.Equal(3, request.Body.Length);
        Assert.Equal(3, request.CallDepth);
    }

    [Theory]
    [InlineData("GET ", "a", "b")]
    [InlineData("", "a", "b")]
    [InlineData("GET", "a b", "c")]
    [InlineData("GET", "a", "b\r\nc: d")]
    public void What_http_does_not_allow_is_not_sent(string method, string name, string value) => Assert.Null(
        HandlerCallRequest.From(Call(method, headers: [new(name, value)]), "r-1", TraceContext.From(null), 0));

    private static HandlerCall Call(string method = "GET", string path = "/", IReadOnlyList<ScriptHeader>? headers = null) =>
        new("orders", method, path, headers ?? [], default, HasBody: false, Timeout: null);
}
