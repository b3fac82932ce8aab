using Microsoft.Extensions.Time.Testing;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Scripting.Tests.Execution;

/// <summary><c>export default function (input) { … }</c> with a global <c>host</c> that waits.</summary>
public sealed class OlderDialectTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("export default function (input) { return input }", """{"result":{"a":[1]},"calls_executed":0}""")]
    [InlineData("export default function main(input) { return input.a }", """{"result":[1],"calls_executed":0}""")]
    [InlineData("export default async function (input) { return (await input).a }", """{"result":[1],"calls_executed":0}""")]
    [InlineData("export default async function({ a }) { return a }", """{"result":[1],"calls_executed":0}""")]
    [InlineData("const f = x => x.a; export default function () { return f(input) }", """{"result":[1],"calls_executed":0}""")]
    [InlineData("const { call } = host; export default function (input) { return typeof call }", """{"result":"function","calls_executed":0}""")]
    [InlineData("export default function (input) { }", """{"result":null,"calls_executed":0}""")]
    [InlineData("export default function (input) { return { a: undefined, f() {}, n: NaN, s: 201 } }", """{"result":{"a":null,"f":null,"n":null,"s":201},"calls_executed":0}""")]
    [InlineData("export default function (input) { return { status: 401, body: 'no' } }", """{"result":{"status":401,"body":"no"},"calls_executed":0}""")]
    [InlineData("export default function (input) { return 'a\\0é' }", """{"result":"a\u0000é","calls_executed":0}""")]
    [InlineData("export default function (input) { return Promise.resolve(1) }", """{"result":1,"calls_executed":0}""")]
    public async Task Results_come_in_an_envelope(string source, string json)
    {
        var answer = await RunAsync(source, ScriptFolder.Post("""{"a":[1]}"""));

        Assert.Equal((200, json), (answer.Status, ScriptFolder.Text(answer)));
        Assert.Equal([new ScriptHeader("content-type", "application/json")], answer.Headers);
    }

    [Theory]
    [InlineData("test.js", "export default (input) => [typeof host, typeof input]")]
    [InlineData("test.js", "export default function (req, host) { return [typeof host, 'undefined'].with(0, typeof globalThis.host) }")]
    [InlineData("test.js", "export const a = 1; export default function (input) { return [typeof host, 'object'] }")]
    [InlineData("test.js", "import 'mik-sdk'; export default function (input) { return [typeof host, 'object'] }")]
    [InlineData("test.js", "import { script } from 'mik-sdk'; export default script(function (input) { return [typeof host, 'object'] })")]
    [InlineData("test.mjs", "export default function (input) { return [typeof host, 'object'] }")]
    [InlineData("test.ts", "export default function (input: unknown) { return [typeof host, 'object'] }")]
    public async Task Other_shapes_are_the_newer_dialect(string file, string source) =>
        Assert.StartsWith("[\"undefined\",", ScriptFolder.Text(await RunAsync(source, ScriptFolder.Post("1"), file: file)), StringComparison.Ordinal);

    [Theory]
    [InlineData("", null, "null")]
    [InlineData("null", "application/json", "null")]
    [InlineData("""{"a":1}""", "text/plain", """{"a":1}""")]
    [InlineData("[1]", null, "[1]")]
    [InlineData("\uFEFF1", "application/x-www-form-urlencoded", "1")]
    public async Task The_input_is_the_body_whatever_its_type(string body, string? type, string input) =>
        Assert.Equal(
            $$"""{"result":{{input}},"calls_executed":0}""",
            ScriptFolder.Text(await RunAsync("export default function (input) { return input }", ScriptFolder.Post(body, type))));

    [Fact]
    public async Task A_body_that_is_not_json_is_refused_before_the_script_runs() =>
        Assert.Equal(
            ScriptFailure.InvalidRequestBody,
            (await FailureAsync("export default function (input) { throw 1 }", request: ScriptFolder.Post("a=1", "text/plain"))).Failure);

    [Theory]
    [InlineData("host.call('a')", "POST", "/", "", null)]
    [InlineData("host.call('a', null)", "POST", "/", "", null)]
    [InlineData("host.call('a', { method: 'GET', path: '/x?y=1' })", "GET", "/x?y=1", "", null)]
    [InlineData("host.call('a', { method: 7, path: {}, headers: 'no' })", "POST", "/", "", null)]
    [InlineData("host.call('a', { headers: { 'X-A': '1', 'X-B': 2 } })", "POST", "/", "X-A=1", null)]
    [InlineData("host.call('a', { body: { b: [1] } })", "POST", "/", "content-type=application/json", """{"b":[1]}""")]
    [InlineData("host.call('a', { body: 'text' })", "POST", "/", "content-type=application/json", "\"text\"")]
    [InlineData("host.call('a', { body: null })", "POST", "/", "content-type=application/json", "null")]
    [InlineData("host.call('a', { body: 1, headers: { 'Content-Type': 'text/x' } })", "POST", "/", "Content-Type=text/x", "1")]
    public async Task Calls_are_sent_as_they_always_were(string call, string method, string path, string headers, string? body)
    {
        var handlers = new FakeHandlers().On("a", FakeHandlers.Json("1"));

        await RunAsync($"export default function (input) {{ return {call} }}", handlers: handlers);

        var sent = Assert.Single(handlers.Calls);
        Assert.Equal((method, path), (sent.Method, sent.Path));
        Assert.Equal(headers, string.Join(' ', sent.Headers.Select(static header => $"{header.Name}={header.Value}")));
        Assert.Equal(body, sent.HasBody ? System.Text.Encoding.UTF8.GetString(sent.Body.Span) : null);
    }

    [Fact]
    public async Task Nobody_is_called_by_the_beginning_of_a_name()
    {
        var handlers = new FakeHandlers().On("a", FakeHandlers.Json("1"));

        var answer = await RunAsync("export default function (input) { return host.call('a\\u0000b').status }", handlers: handlers);

        Assert.Equal("""{"result":404,"calls_executed":1}""", ScriptFolder.Text(answer));
    }

    [Theory]
    [InlineData("""{"b":[1]}""", """{"b":[1]}""")]
    [InlineData("text", "\"text\"")]
    [InlineData("", "\"\"")]
    [InlineData("a\0\"é", "\"a\\u0000\\\"é\"")]
    public async Task Answers_are_parsed_where_they_are_json(string body, string json)
    {
        var answer = new HandlerAnswer(
            418,
            [new ScriptHeader("Set-Cookie", "a=1"), new ScriptHeader("Set-Cookie", "b=2")],
            System.Text.Encoding.UTF8.GetBytes(body));

        Assert.Equal(
            $$"""{"result":{"status":418,"headers":[["set-cookie","a=1"],["set-cookie","b=2"]],"body":{{json}}},"calls_executed":1}""",
            ScriptFolder.Text(await RunAsync("export default function (input) { return host.call('a') }", handlers: new FakeHandlers().On("a", answer))));
    }

    [Theory]
    [InlineData(HandlerCallCode.CircuitOpen, 503, "CIRCUIT_OPEN")]
    [InlineData(HandlerCallCode.RateLimited, 429, "RATE_LIMITED")]
    [InlineData(HandlerCallCode.ModuleNotFound, 404, "MODULE_NOT_FOUND")]
    [InlineData(HandlerCallCode.HandlerError, 500, "HANDLER_ERROR")]
    [InlineData(HandlerCallCode.Timeout, 504, "TIMEOUT")]
    public async Task Calls_without_an_answer_are_returned_not_thrown(HandlerCallCode code, int status, string name)
    {
        var handlers = new FakeHandlers().On("a", (_, _) => throw new HandlerCallException(code, "a", "why"));

        var answer = await RunAsync("export default function (input) { return host.call('a') }", handlers: handlers);

        Assert.Equal(
            $$"""{"result":{"status":{{status}},"headers":[],"body":{"error":"{{name}}","message":"why"},"error":"{{name}}"},"calls_executed":1}""",
            ScriptFolder.Text(answer));
    }

    [Fact]
    public async Task Calls_that_cannot_be_sent_are_returned_too() =>
        Assert.Equal(
            """{"result":{"status":500,"headers":[],"body":null,"error":"'a b' is not a method"},"calls_executed":1}""",
            ScriptFolder.Text(await RunAsync("export default function (input) { return host.call('a', { method: 'a b' }) }")));

    [Fact]
    public async Task Calls_are_made_one_after_another_and_counted_in_each_run_anew()
    {
        var handlers = new FakeHandlers().On("a", async static (call, _) =>
        {
            await Task.Yield();
            return FakeHandlers.Json(call.Path[1..]);
        });
        using var program = _folder.Load("test.js", "export default async function () { let s = 0; for (let i = 1; i < 4; i++) s += (await host.call('a', { path: '/' + i })).body; return s }");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("""{"result":6,"calls_executed":3}""", ScriptFolder.Text(await RunAsync(program, ScriptFolder.Get(), handlers, ScriptFolder.Generous)));
        }

        Assert.Equal(["/1", "/2", "/3"], handlers.Calls.Take(3).Select(static call => call.Path));
    }

    [Theory]
    [InlineData("throw new Error('bad')", ScriptFailure.Threw)]
    [InlineData("const o = {}; o.o = o; return o", ScriptFailure.Threw)]
    [InlineData("while (true) {}", ScriptFailure.CpuLimit)]
    [InlineData("while (true) try { host.call('a') } catch {}", ScriptFailure.CallLimit)]
    [InlineData("try { host.call('never') } catch {} return 1", ScriptFailure.Timeout)]
    [InlineData("return new Promise(() => {})", ScriptFailure.NeverAnswered)]
    [InlineData("return 'x'.repeat(200)", ScriptFailure.AnswerTooLarge)]
    public async Task Failures_are_those_of_any_script(string body, ScriptFailure failure)
    {
        var never = new TaskCompletionSource<HandlerAnswer>();
        var handlers = new FakeHandlers().On("a", FakeHandlers.Json("1")).On("never", (_, _) => never.Task);
        var limits = ScriptFolder.Generous with
        {
            CpuTime = failure == ScriptFailure.CpuLimit ? TimeSpan.FromMilliseconds(50) : ScriptFolder.Generous.CpuTime,
            WallTime = failure == ScriptFailure.Timeout ? TimeSpan.FromMilliseconds(50) : ScriptFolder.Generous.WallTime,
            MaxCalls = 5,
            MaxAnswerBytes = 100,
        };

        Assert.Equal(failure, (await FailureAsync($"export default function (input) {{ {body} }}", handlers, limits)).Failure);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_wait()
    {
        using var gone = new CancellationTokenSource();
        using var program = _folder.Load("test.js", "export default function (input) { try { return host.call('leave') } catch { return 1 } }");
        var never = new TaskCompletionSource<HandlerAnswer>();
        var handlers = new FakeHandlers().On("leave", async (_, _) =>
        {
            await gone.CancelAsync();
            return await never.Task;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => program.RunAsync(ScriptFolder.Get(), handlers, new FakeConsole(), ScriptFolder.Generous, gone.Token));
    }

    [Fact]
    public async Task Waiting_does_not_use_up_the_scripts_time()
    {
        // Without a processor clock for threads the time that passes counts, but not while the script waits.
        var time = new FakeTimeProvider();
        var host = new ScriptHost(new Engine(), new ScriptHostOptions { TimeProvider = time, CpuClock = new Scripting.Execution.ElapsedCpuClock(time) });
        using var program = host.Load(_folder.Write("test.js", "export default function (input) { host.call('slow'); return host.call('slow').status }"), _folder.Root);
        var handlers = new FakeHandlers().On("slow", (_, _) =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return Task.FromResult(FakeHandlers.Json("1"));
        });

        var answer = await RunAsync(program, ScriptFolder.Get(), handlers, new ScriptLimits { CpuTime = TimeSpan.FromSeconds(1) });

        Assert.Equal("""{"result":200,"calls_executed":2}""", ScriptFolder.Text(answer));
    }

    [Fact]
    public void Calls_while_the_file_loads_are_refused() =>
        Assert.StartsWith(
            "Error: host.call is not available while modules load",
            _folder.LoadFailure("test.js", "host.call('a'); export default function (input) { }").Message,
            StringComparison.Ordinal);

    private static Task<ScriptAnswer> RunAsync(ScriptProgram program, ScriptRequest request, FakeHandlers handlers, ScriptLimits limits) =>
        program.RunAsync(request, handlers, new FakeConsole(), limits, TestContext.Current.CancellationToken);

    private async Task<ScriptAnswer> RunAsync(
        string source, ScriptRequest? request = null, FakeHandlers? handlers = null, ScriptLimits? limits = null, string file = "test.js")
    {
        using var program = _folder.Load(file, source);
        return await RunAsync(program, request ?? ScriptFolder.Get(), handlers ?? new FakeHandlers(), limits ?? ScriptFolder.Generous);
    }

    private Task<ScriptException> FailureAsync(
        string source, FakeHandlers? handlers = null, ScriptLimits? limits = null, ScriptRequest? request = null) =>
        Assert.ThrowsAsync<ScriptException>(() => RunAsync(source, request, handlers, limits));
}
