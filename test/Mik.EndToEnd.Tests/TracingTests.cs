using System.Collections.Concurrent;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What a collector of traces gets of a running server.</summary>
public sealed class TracingTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";

    // SPAN_KIND_CLIENT
    private const long Client = 3;

    // STATUS_CODE_ERROR
    private const long Error = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_arrives_as_a_tree_of_spans_wherever_the_address_is_configured(bool inEnvironment)
    {
        await using var collector = new OtlpCollector();
        using var project = Shop();
        KeyValuePair<string, string>[] environment = inEnvironment
            ? [new("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), new("OTEL_SERVICE_NAME", "shop")]
            : [];
        if (!inEnvironment)
        {
            project.Write("mik.toml", $"[tracing]\notlp_endpoint = '{collector.Address}'\notlp_protocol = 'http/protobuf'\nservice_name = 'shop'\n");
        }

        await using var server = await MikProcess.StartAsync(
            project.Directory, [], [.. environment, new("OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/script/greet");
        request.Headers.Add("traceparent", $"00-{TraceId}-{Caller}-01");
        request.Headers.Add("tracestate", "vendor=1");

        using var response = await server.Client.SendAsync(request, Cancellation);
        var answer = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(0, await server.StopAsync());

        var spans = collector.Spans.Where(static span => span.TraceId == TraceId).ToDictionary(static span => span.Name);
        Assert.Equal(["POST /script/greet", "handler http_echo", "host.call http_echo", "script greet"], spans.Keys.Order(StringComparer.Ordinal));
        var (top, script, call, handler) = (spans["POST /script/greet"], spans["script greet"], spans["host.call http_echo"], spans["handler http_echo"]);
        Assert.Equal([Caller, top.Id, script.Id, call.Id], [top.Parent, script.Parent, call.Parent, handler.Parent]);
        Assert.All(spans.Values, static span => Assert.Equal(("shop", "vendor=1"), (span.Service, span.State)));
        Assert.Equal($"00-{TraceId}-{top.Id}-01", Assert.Single(response.Headers.GetValues("traceparent")));
        Assert.Equal($"\"00-{TraceId}-{handler.Id}-01 vendor=1\"", answer);
        Assert.Equal("200", top.Attributes["http.response.status_code"]);
        Assert.Equal("/script/greet", top.Attributes["http.route"]);
        Assert.Equal(["POST /v1/traces application/x-protobuf secret"], collector.Requests.Keys);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 X\r\ncontent-length: 0\r\n\r\n", "200", null)]
    [InlineData("HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n", "404", "404")]
    [InlineData("no answer\r\n\r\n", null, "HttpProtocolError")]
    public async Task What_a_handler_sends_is_a_span_of_its_run_and_travels_on(string answer, string? status, string? error)
    {
        await using var collector = new OtlpCollector();
        var heads = new ConcurrentQueue<string>();
        await using var upstream = new Upstream(async (head, stream) =>
        {
            heads.Enqueue(head);
            await Upstream.SendAsync(stream, answer);
        });
        using var project = new TemporaryProject().AddHandler("http_fetch").Write("mik.toml", "[server]\nhttp_allowed = ['127.0.0.1']\n");
        await using var server = await MikProcess.StartAsync(
            project.Directory, [], [new("MIK_TRACING_OTLP_ENDPOINT", $"{collector.Address}/v1/traces")]);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/run/http_fetch/?to={upstream.Authority}&path=/stock?key=secret");
        request.Headers.Add("traceparent", $"00-{TraceId}-{Caller}-01");
        request.Headers.Add("tracestate", "vendor=1");

        using var response = await server.Client.SendAsync(request, Cancellation);
        Assert.Equal(0, await server.StopAsync());

        var spans = collector.Spans.Where(static span => span.TraceId == TraceId).ToDictionary(static span => span.Name);
        Assert.Equal(["GET", "GET /run/http_fetch/*", "handler http_fetch"], spans.Keys.Order(StringComparer.Ordinal));
        var (sent, handler) = (spans["GET"], spans["handler http_fetch"]);
        Assert.Equal((handler.Id, Client, error is null ? 0 : Error), (sent.Parent, sent.Kind, sent.Status));
        Assert.Equal($"http://{upstream.Authority}/stock", sent.Attributes["url.full"]);
        Assert.Equal(upstream.Authority, $"{sent.Attributes["server.address"]}:{sent.Attributes["server.port"]}");
        Assert.Equal(status, sent.Attributes.GetValueOrDefault("http.response.status_code"));
        Assert.Equal(error, sent.Attributes.GetValueOrDefault("error.type"));
        Assert.DoesNotContain(spans.Values.SelectMany(static span => span.Attributes.Values), static value => value.Contains("secret", StringComparison.Ordinal));
        Assert.Contains($"\r\ntraceparent: 00-{TraceId}-{sent.Id}-01\r\n", Assert.Single(heads), StringComparison.Ordinal);
        Assert.Contains("\r\ntracestate: vendor=1\r\n", Assert.Single(heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_begins_here_when_there_is_none_and_is_dropped_when_the_caller_says_so()
    {
        await using var collector = new OtlpCollector();
        using var project = Shop();
        await using var server = await MikProcess.StartAsync(
            project.Directory, [], [new("MIK_TRACING_OTLP_ENDPOINT", $"{collector.Address}/v1/traces")]);
        foreach (var (path, parent) in ((string, string)[])[("/run/http_echo/", "invalid"), ("/run/http_echo/", $"00-{TraceId}-{Caller}-00")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("traceparent", parent);
            using var response = await server.Client.SendAsync(request, Cancellation);
        }

        Assert.Equal(0, await server.StopAsync());

        var top = Assert.Single(collector.Spans, static span => span.Name == "GET /run/http_echo/*");
        Assert.Equal("", top.Parent);
        Assert.DoesNotContain(collector.Spans, static span => span.TraceId == TraceId);
    }

    [Fact]
    public async Task A_collector_that_is_away_harms_nobody_and_is_told_of_once()
    {
        using var project = Shop();
        await using var server = await MikProcess.StartAsync(
            project.Directory,
            [],
            [
                new("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
                new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                new("OTEL_BSP_SCHEDULE_DELAY", "10"),
            ]);
        for (var i = 0; i < 20; i++)
        {
            using var response = await server.Client.GetAsync("/run/http_echo/", Cancellation);
            Assert.True(response.IsSuccessStatusCode);
        }

        await server.WaitForLogAsync("Spans cannot be sent");
        Assert.Equal(0, await server.StopAsync());
        Assert.Single(server.Log.Split('\n'), static line => line.Contains("Spans cannot be sent", StringComparison.Ordinal));
    }

    private static TemporaryProject Shop() => new TemporaryProject()
        .AddHandler("http_echo")
        .Write("scripts/greet.ts", """
            import { script, ok } from 'mik-sdk';
            export default script(async (req, host) => {
              const { headers } = await host.call('http_echo');
              return ok(`${headers['x-echo-traceparent']} ${headers['x-echo-tracestate']}`);
            });
            """);
}
