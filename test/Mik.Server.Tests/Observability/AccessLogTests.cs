using Mik.Scripting;
using Mik.Server.Execution;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Observability;

public sealed class AccessLogTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private readonly RecordingLoggerFactory _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task An_answered_request_is_told_with_its_calls()
    {
        await using var server = await StartAsync();

        using var response = await SendAsync(server, HttpMethod.Get, "/script/call?secret=1");

        await _log.WaitForAsync(static line => line.Contains("(r-1)", StringComparison.Ordinal));
        var line = Assert.Single(_log.Lines, static line => line.Contains("(r-1)", StringComparison.Ordinal));
        Assert.Matches(
            @"^Information: GET /script/call answered 200 in [0-9.]+ ms, 4 bytes, called echo \(200, [0-9.]+ ms\) made-up \(MODULE_NOT_FOUND, [0-9.]+ ms\) \(r-1\)$", line);
        var values = _log.Values.Single(entry => entry.ContainsKey("Calls") && Equals(entry["RequestId"], "r-1"));
        Assert.Equal((TraceId, "script", "call"), (values["TraceId"], values["Route"], values["Name"]));
    }

    [Fact]
    public async Task A_failed_request_is_told_with_what_went_wrong()
    {
        await using var server = await StartAsync();

        using var response = await SendAsync(server, HttpMethod.Get, "/run/trap/%0A%1B[2J");

        await _log.WaitForAsync(static line => line.Contains("r-1", StringComparison.Ordinal));
        var line = Assert.Single(_log.Lines, static line => line.Contains("r-1", StringComparison.Ordinal));
        Assert.Matches(
            @"^Warning: GET /run/trap/%0A%1B\[2J failed with 500 handler-trapped: trap The handler failed while it ran\. \(r-1, trace 0af7651916cd43dd8448eb211c80319c, [0-9.]+ ms\)$",
            line);
    }

    [Fact]
    public async Task A_method_without_end_is_cut()
    {
        await using var server = await StartAsync();

        using var response = await SendAsync(server, new HttpMethod(new string('M', 5000)), "/run/echo");

        await _log.WaitForAsync(static line => line.Contains("(r-1)", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, static line => line.StartsWith($"Information: {new string('M', 32)}… /run/echo answered 200", StringComparison.Ordinal));
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(
        new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["echo"] = static run => run.Answer("echo"),
            ["trap"] = static _ => new HandlerEnd(HandlerEndKind.Trapped),
        },
        new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
        {
            ["call"] = static async run =>
            {
                var answer = await run.CallAsync("echo");
                await Assert.ThrowsAsync<HandlerCallException>(() => run.CallAsync("made-up"));
                return new ScriptAnswer(200, [], answer.Body);
            },
        },
        options: options => options with { LoggerFactory = _log });

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Request-ID", "r-1");
        request.Headers.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        return await server.Client.SendAsync(request, Cancellation);
    }
}
