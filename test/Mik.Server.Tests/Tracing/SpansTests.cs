using System.Diagnostics;
using Mik.Scripting;
using Mik.Server.Execution;
using Mik.Server.Observability;
using Mik.Server.Tests.Fakes;
using Mik.Server.Tracing;
using Xunit;

namespace Mik.Server.Tests.Tracing;

public sealed class SpansTests : IDisposable
{
    private readonly RecordedSpans _spans = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _spans.Dispose();

    [Fact]
    public async Task A_script_s_request_is_a_tree_from_the_client_to_the_handler()
    {
        await using var server = await TestServer.StartAsync(Handlers, Scripts);

        using var response = await SendAsync(server, "/script/call?secret=1");

        var spans = await _spans.WaitForAsync(4);
        Assert.Equal(["GET /script/call", "script call", "host.call echo", "handler echo"], spans.Select(static span => span.DisplayName));
        Assert.Equal(
            [_spans.Caller, .. spans.Take(3).Select(static span => span.SpanId)], spans.Select(static span => span.ParentSpanId));
        Assert.Equal(
            [ActivityKind.Server, ActivityKind.Internal, ActivityKind.Client, ActivityKind.Internal], spans.Select(static span => span.Kind));
        Assert.Equal($"00-{_spans.TraceId}-{spans[0].SpanId}-01", Assert.Single(response.Headers.GetValues("traceparent")));
        Assert.Equal($"00-{_spans.TraceId}-{spans[3].SpanId}-01|a=1,b=2", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.All(spans, static span => Assert.Equal("a=1,b=2", span.TraceStateString));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["http.request.method"] = "GET",
                ["http.route"] = "/script/call",
                ["http.response.status_code"] = 200,
                ["url.scheme"] = "http",
                ["url.path"] = "/script/call",
                ["network.protocol.version"] = "1.1",
                ["mik.request_id"] = Assert.Single(response.Headers.GetValues("X-Request-ID")),
            },
            spans[0].TagObjects.ToDictionary());
        Assert.Equal("/path", spans[2].GetTagItem("url.path"));
        Assert.Equal(200, spans[2].GetTagItem("http.response.status_code"));
    }

    [Fact]
    public async Task What_failed_is_an_error_where_it_failed_and_above()
    {
        await using var server = await TestServer.StartAsync(Handlers, Scripts);

        using var response = await SendAsync(server, "/script/fail");

        var spans = await _spans.WaitForAsync(4);
        Assert.Equal(
            ["call-handler-error", "call-handler-error", "HANDLER_ERROR", "handler-trapped"], spans.Select(static span => span.GetTagItem("error.type")));
        Assert.All(spans, static span => Assert.Equal(ActivityStatusCode.Error, span.Status));
    }

    [Theory]
    [InlineData("/run/echo/a", "GET /run/echo/*", null)]
    [InlineData("/run/made-up", "GET", null)]
    [InlineData("/script/made-up", "GET /script/*", null)]
    [InlineData("/health/live", "GET /health/live", null)]
    [InlineData("/run/trap", "GET /run/trap/*", "handler-trapped")]
    public async Task Names_are_those_of_what_is_loaded_and_clients_mistakes_are_no_errors(string path, string name, string? error)
    {
        await using var server = await TestServer.StartAsync(Handlers, Scripts);

        using var response = await SendAsync(server, path);

        var spans = await _spans.WaitForAsync(path.StartsWith("/run/made", StringComparison.Ordinal) || path.StartsWith("/health", StringComparison.Ordinal) ? 1 : 2);
        Assert.Equal((name, error), (spans[0].DisplayName, spans[0].GetTagItem("error.type")));
        Assert.Equal(path, spans[0].GetTagItem("url.path"));
        Assert.DoesNotContain(spans.Skip(1), static span => span.DisplayName.Contains("made-up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_method_that_HTTP_does_not_know_is_told_beside_the_name()
    {
        await using var server = await TestServer.StartAsync(Handlers);
        using var request = new HttpRequestMessage(new HttpMethod("MADEUP"), "/run/echo/");
        request.Headers.Add("traceparent", _spans.TraceParent);

        using var response = await server.Client.SendAsync(request, Cancellation);

        var span = (await _spans.WaitForAsync(2))[0];
        Assert.Equal("HTTP /run/echo/*", span.DisplayName);
        Assert.Equal(("_OTHER", "MADEUP"), (span.GetTagItem("http.request.method"), span.GetTagItem("http.request.method_original")));
    }

    [Fact]
    public async Task A_refused_run_is_a_span_as_well()
    {
        await using var server = await TestServer.StartAsync(
            Handlers, configure: static config => config with { Breaker = new() { Failures = 1, OpenSecs = 3600 } });
        using (await server.GetAsync("/run/trap"))
        {
        }

        using var response = await SendAsync(server, "/run/trap");

        var spans = await _spans.WaitForAsync(2);
        Assert.Equal(["circuit-open", "circuit-open"], spans.Select(static span => span.GetTagItem("error.type")));
    }

    [Fact]
    public void Nothing_is_left_behind_on_the_thread()
    {
        using var mine = new Activity("mine").Start();

        var span = Spans.StartHandler("echo", TraceContext.From(_spans.TraceParent));

        Assert.Same(mine, Activity.Current);
        Spans.End(span, fault: null);
        Assert.Same(mine, Activity.Current);
        Assert.Equal(_spans.TraceId, span!.TraceId);
    }

    private async Task<HttpResponseMessage> SendAsync(TestServer server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", _spans.TraceParent);
        request.Headers.Add("tracestate", "a=1,b=2");
        return await server.Client.SendAsync(request, Cancellation);
    }

    private static Dictionary<string, Func<FakeRun, HandlerEnd>> Handlers => new()
    {
        ["echo"] = static run => run.Answer(string.Join('|', run.Request.Headers
            .Where(static header => header.Name.StartsWith("trace", StringComparison.Ordinal)).Select(static header => header.Value))),
        ["trap"] = static _ => new HandlerEnd(HandlerEndKind.Trapped),
    };

    private static Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>> Scripts => new()
    {
        ["call"] = static async run => new ScriptAnswer(200, [], (await run.CallAsync("echo", "/path?secret=1")).Body),
        ["fail"] = static async run =>
        {
            try
            {
                await run.CallAsync("trap");
                return TestServer.Text("");
            }
            catch (HandlerCallException failure)
            {
                throw new ScriptException(ScriptFailure.EscapedHandlerCall, failure.Message) { CallCode = failure.Code };
            }
        },
    };
}
