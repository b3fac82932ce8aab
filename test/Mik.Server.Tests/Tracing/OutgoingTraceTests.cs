using Mik.Server.Observability;
using Mik.Server.Tests.Fakes;
using Mik.Server.Tracing;
using Mik.Wasi.Http;
using Mik.Wasi.Http.Outgoing;
using Xunit;

namespace Mik.Server.Tests.Tracing;

public sealed class OutgoingTraceTests
{
    private const string Foreign = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    // As guests' addresses are made: what they write reaches the other side as it is.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_handler_sends_continues_its_trace()
    {
        var trace = TraceContext.From(Foreign, "a=1");
        var http = new RecordingHttp();

        await new OutgoingTrace(http, trace).SendAsync(Request(new HttpField("accept", "*/*")), Cancellation);

        Assert.Equal(["accept: */*", $"traceparent: {trace.TraceParent}", "tracestate: a=1"], http.Sent);
    }

    [Fact]
    public async Task A_handler_that_keeps_spans_of_its_own_is_not_corrected()
    {
        var http = new RecordingHttp();

        await new OutgoingTrace(http, TraceContext.From(null)).SendAsync(
            Request(new HttpField("TraceParent", Foreign), new HttpField("tracestate", "own=1")), Cancellation);

        Assert.Equal([$"TraceParent: {Foreign}", "tracestate: own=1"], http.Sent);
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    public async Task What_is_not_valid_is_replaced(string value)
    {
        var trace = TraceContext.From(null);
        var http = new RecordingHttp();

        await new OutgoingTrace(http, trace).SendAsync(
            Request(new HttpField("traceparent", value), new HttpField("tracestate", "own=1")), Cancellation);

        Assert.Equal([$"traceparent: {trace.TraceParent}"], http.Sent);
    }

    [Fact]
    public async Task A_recorded_one_has_a_span_that_a_handler_s_passing_on_does_not_hide()
    {
        using var spans = new RecordedSpans();
        var trace = TraceContext.From(spans.TraceParent);
        var http = new RecordingHttp { Status = 404 };

        await new OutgoingTrace(http, trace).SendAsync(Request(new HttpField("traceparent", trace.TraceParent)), Cancellation);

        var span = Assert.Single(await spans.WaitForAsync(1));
        Assert.Equal(("POST", trace.SpanId), (span.DisplayName, span.ParentSpanId.ToHexString()));
        Assert.Equal([$"traceparent: 00-{spans.TraceId}-{span.SpanId}-01"], http.Sent);
        Assert.Equal("https://api.example.com:8443/v1/%2e%2E/orders", span.GetTagItem("url.full"));
        Assert.Equal("api.example.com", span.GetTagItem("server.address"));
        Assert.Equal(8443, span.GetTagItem("server.port"));
        Assert.Equal(404, span.GetTagItem("http.response.status_code"));
        Assert.Equal("404", span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task A_failure_is_named_as_the_handler_hears_of_it()
    {
        using var spans = new RecordedSpans();
        var http = new RecordingHttp { Failure = new OutgoingHttpException(new HttpErrorCode(HttpErrorKind.ConnectionRefused)) };

        await Assert.ThrowsAsync<OutgoingHttpException>(() =>
            new OutgoingTrace(http, TraceContext.From(spans.TraceParent)).SendAsync(Request(), Cancellation));

        Assert.Equal("ConnectionRefused", Assert.Single(await spans.WaitForAsync(1)).GetTagItem("error.type"));
    }

    private static OutgoingHttpRequest Request(params HttpField[] headers) =>
        new() { Method = "POST", Uri = new Uri("https://user:secret@api.example.com:8443/v1/%2e%2E/orders?token=secret", AsWritten), Headers = headers };

    private sealed class RecordingHttp : IOutgoingHttp
    {
        public List<string> Sent { get; } = [];

        public int Status { get; init; } = 200;

        public Exception? Failure { get; init; }

        public Task<OutgoingHttpResponse> SendAsync(OutgoingHttpRequest request, CancellationToken cancellation)
        {
            Sent.AddRange(request.Headers.Select(static header => $"{header.Name}: {header.Value}"));
            return Failure is null
                ? Task.FromResult(new OutgoingHttpResponse { Status = Status, Body = Stream.Null })
                : Task.FromException<OutgoingHttpResponse>(Failure);
        }
    }
}
