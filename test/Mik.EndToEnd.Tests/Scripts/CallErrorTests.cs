using System.Globalization;
using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>Calls that could not be answered: what the script catches, and what the client gets when it does not.</summary>
[Collection(ScriptProjectTests.Name)]
public sealed class CallErrorTests(ScriptProject project)
{
    // After these, the handler is suspended for the rest of the tests.
    private static readonly string Suspend =
        $"for (let i = 0; i < {ScriptProject.BreakerFailures}; i++) await host.call('failing').catch(() => {{}});";

    private static readonly string Saturate =
        $"for (let i = 0; i < {ScriptProject.MaxPerHandler}; i++) host.call('watched', {{ path: '/?ms=250000' }});";

    public static TheoryData<string, string, string, string, int, string, bool> Rows { get; } = new()
    {
        { "MODULE_NOT_FOUND: no such handler", "", "host.call('nobody')", "MODULE_NOT_FOUND", 502, "call-module-not-found", false },
        { "CIRCUIT_OPEN: its circuit breaker is open", Suspend, "host.call('failing')", "CIRCUIT_OPEN", 503, "call-circuit-open", true },
        { "RATE_LIMITED: its concurrency limit is reached", Saturate, "host.call('watched')", "RATE_LIMITED", 429, "call-rate-limited", true },
        { "TIMEOUT: timeoutMs … ran out", "", "host.call('http_sleep', { path: '/?ms=250000', timeoutMs: 20 })", "TIMEOUT", 504, "call-timed-out", false },
        { "TIMEOUT: timeoutMs … ran out", "", "host.call('http_sleep', { path: '/?ms=250000', timeoutMs: 0 })", "TIMEOUT", 504, "call-timed-out", false },
        { "HANDLER_ERROR: it trapped", "", "host.call('fault_trap')", "HANDLER_ERROR", 502, "call-handler-error", false },
        { "HANDLER_ERROR: … ran out of memory", "", "host.call('fault_grow')", "HANDLER_ERROR", 502, "call-handler-error", false },
        { "HANDLER_ERROR: … or returned no response", "", "host.call('fault_silent')", "HANDLER_ERROR", 502, "call-handler-error", false },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Code(string sentence, string before, string call, string code, int status, string slug, bool knowsWhen)
    {
        await project.WaitForInFlightAsync("watched", 0);
        var handler = call.Split('\'')[1];

        var caught = await project.AskAsync(
            $"{before} try {{ await {call}; }} catch (e) {{ return [e instanceof Error, e.code, e.handler, typeof e.message, e.message.length > 0, typeof e.retryAfter] }}");
        await project.WaitForInFlightAsync("watched", 0);
        var escaped = await project.AskAsync($"{before} return await {call}");

        caught.Shows(sentence, 200, $"""[true,"{code}","{handler}","string",true,"{(knowsWhen ? "number" : "undefined")}"]""");
        escaped.ShowsProblem($"{code}: status if the script lets it escape", status, slug);
        Assert.Equal(knowsWhen, int.TryParse(escaped.Headers.GetValueOrDefault("retry-after"), CultureInfo.InvariantCulture, out var seconds) && seconds > 0);
    }

    [Fact]
    public async Task A_handler_s_own_time_out_is_a_TIMEOUT()
    {
        using var hasty = new TemporaryProject()
            .Write("mik.toml", "[server]\nexecution_timeout_secs = 1\n")
            .AddHandler("http_sleep")
            .Write("scripts/wait.js", "export default (req, host) => host.call('http_sleep', { path: '/?ms=250000' }).catch(e => e.code); import 'mik-sdk';");
        await using var server = await MikProcess.StartAsync(hasty.Directory);

        using var response = await server.Client.GetAsync("/script/wait", TestContext.Current.CancellationToken);

        (await ScriptReply.OfAsync(response)).Shows("TIMEOUT: … the handler's … time ran out", 200, "\"TIMEOUT\"");
    }

    [Fact]
    public async Task An_error_s_stack_is_where_the_script_waited_for_the_call()
    {
        var name = project.Add("const call = () => host.call('nobody');\ntry { await call() } catch (e) { return e.stack.match(/\\w+\\.js:\\d+/)[0] }");

        (await project.GetAsync($"/script/{name}")).Shows("the error also has … message", 200, $"\"{name}.js:4\"");
    }

    [Theory]
    [InlineData("host.call()", "name of a handler")]
    [InlineData("host.call('http_echo', { method: 'GE T' })", "'GE T' is not a method")]
    [InlineData("host.call('http_echo', { path: '/a b' })", "space")]
    [InlineData("host.call('http_echo', { headers: { 'a:': 'b' } })", "'a:' is not a header name")]
    [InlineData("host.call('http_echo', { headers: { a: 'b\\r\\nc: d' } })", "line break")]
    [InlineData("host.call('http_echo', { timeoutMs: 'soon' })", "timeoutMs")]
    [InlineData("host.call('http_echo', { body: 1n })", "BigInt")]
    public async Task A_call_that_cannot_be_written_is_the_script_s_TypeError(string call, string words)
    {
        var reply = await project.AskAsync($"return {call}.then(() => 'sent', e => [e.name, e.code === undefined, e.message.includes({System.Text.Json.JsonSerializer.Serialize(words)}) || e.message])");

        reply.Shows("only a call that could not be answered rejects, with an Error whose code is …", 200, """["TypeError",true,true]""");
    }
}
