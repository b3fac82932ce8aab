using System.Text;
using Xunit;

namespace Mik.Scripting.Tests;

public sealed class ScriptProgramTests
{
    [Theory]
    [InlineData("return ok({ a: 1 })", 200, "application/json", """{"a":1}""")]
    [InlineData("return { a: 1 }", 200, "application/json", """{"a":1}""")]
    [InlineData("return ok('text')", 200, "application/json", "\"text\"")]
    [InlineData("return 'text'", 200, "application/json", "\"text\"")]
    [InlineData("return ok(null)", 200, "application/json", "null")]
    [InlineData("return 5", 200, "application/json", "5")]
    [InlineData("return { status: 7 }", 200, "application/json", """{"status":7}""")]
    [InlineData("return { status: 'active', body: 1 }", 200, "application/json", """{"status":"active","body":1}""")]
    [InlineData("return { status: 201, total: 1 }", 200, "application/json", """{"status":201,"total":1}""")]
    [InlineData("", 204, null, "")]
    [InlineData("return undefined", 204, null, "")]
    [InlineData("return ok({ a: 1 }, { status: 201 })", 201, "application/json", """{"a":1}""")]
    [InlineData("return ok('<p>', { headers: { 'Content-Type': 'application/problem+json' } })", 200, "application/problem+json", "\"<p>\"")]
    [InlineData("return { status: 202 }", 202, null, "")]
    [InlineData("return { status: 203, body: 'text' }", 203, "text/plain; charset=utf-8", "text")]
    [InlineData("return { status: 200, body: { a: undefined, d: new Date(0), t: { toJSON() { return 1 } } } }", 200, "application/json", """{"d":"1970-01-01T00:00:00.000Z","t":1}""")]
    [InlineData("return { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>' }", 200, "text/html", "<p>")]
    [InlineData("return { status: 200, body: new Uint8Array([104, 105]) }", 200, "application/octet-stream", "hi")]
    [InlineData("return ok(new Uint8Array([1, 104, 105]).subarray(1))", 200, "application/octet-stream", "hi")]
    [InlineData("return { status: 200, body: 'a\\u0000\\ud83d\\ude00b' }", 200, "text/plain; charset=utf-8", "a\0😀b")]
    [InlineData("return { status: 200, body: 'a\\ud83d' }", 200, "text/plain; charset=utf-8", "a\uFFFD")]
    [InlineData("return error({ status: 409, title: 'Gone', sku: 7 })", 409, "application/problem+json", """{"type":"about:blank","title":"Gone","status":409,"sku":7}""")]
    [InlineData("return error({ status: 400, title: 'T', detail: 'D', type: 'urn:x' })", 400, "application/problem+json", """{"type":"urn:x","title":"T","status":400,"detail":"D"}""")]
    public async Task Answers_follow_what_the_script_returns(string body, int status, string? contentType, string text)
    {
        var answer = await ScriptFolder.RunAsync(body);

        Assert.Equal(status, answer.Status);
        Assert.Equal(contentType, Header(answer, "content-type"));
        Assert.Equal(text, ScriptFolder.Text(answer));
    }

    [Fact]
    public async Task The_wrapped_function_resolves_to_a_whole_answer() =>
        Assert.Equal(
            """[["status","headers","body"],["status","headers","body"]]""",
            await ScriptFolder.TextAsync("const keys = async v => Object.keys(await script(() => v)(req, host)); return [await keys(1), await keys({ status: 202 })]"));

    [Fact]
    public async Task A_default_export_needs_no_wrapper()
    {
        using var folder = new ScriptFolder();
        using var program = folder.Load("plain.mjs", "export default (req) => ({ got: req.method });");

        var answer = await program.RunAsync(ScriptFolder.Get(), new FakeHandlers(), new FakeConsole(), ScriptFolder.Generous, TestContext.Current.CancellationToken);

        Assert.Equal("""{"got":"GET"}""", ScriptFolder.Text(answer));
    }

    [Fact]
    public async Task Headers_of_answers_are_kept_but_those_of_the_connection_are_not()
    {
        var answer = await ScriptFolder.RunAsync("return { status: 200, headers: { 'X-One': 1, 'set-cookie': ['a=1', 'b=2'], 'Content-Length': '99', connection: 'close' }, body: 'x' }");

        Assert.Equal(
            [new ScriptHeader("X-One", "1"), new ScriptHeader("set-cookie", "a=1"), new ScriptHeader("set-cookie", "b=2"), new ScriptHeader("content-type", "text/plain; charset=utf-8")],
            answer.Headers);
    }

    [Theory]
    [InlineData("return { status: 199, body: 1 }", "status")]
    [InlineData("return { status: 600, headers: {} }", "status")]
    [InlineData("return { status: 200.5, body: 1 }", "status")]
    [InlineData("return { status: 200, headers: { 'a b': 'c' } }", "'a b' is not a header name")]
    [InlineData("return { status: 200, headers: { a: 'b\\r\\nc: d' } }", "line break")]
    [InlineData("const a = {}; a.a = a; return a", "circular")]
    [InlineData("return 1n", "TypeError")]
    public async Task Answers_that_cannot_be_sent_are_script_errors(string body, string message)
    {
        var failure = await ScriptFolder.FailureAsync(body);

        Assert.Equal(ScriptFailure.Threw, failure.Failure);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_notes_what_it_took()
    {
        using var folder = new ScriptFolder();
        using var program = folder.Load("test.js", ScriptFolder.Wrap("for (let i = 0; i < 1e5; i++); return 1"));
        var (first, second) = (new ScriptUsage(), new ScriptUsage());
        foreach (var usage in (ScriptUsage[])[first, second])
        {
            Assert.Null(usage.IsWarm);
            await program.RunAsync(
                ScriptFolder.Get() with { Usage = usage }, new FakeHandlers(), new FakeConsole(), ScriptFolder.Generous, TestContext.Current.CancellationToken);
        }

        Assert.Equal((false, true), (first.IsWarm, second.IsWarm));
        Assert.True(first.CpuTime > TimeSpan.Zero);
    }

    [Fact]
    public async Task Requests_show_method_path_headers_and_query()
    {
        var request = new ScriptRequest
        {
            Method = "PUT",
            Path = "/script/test/a%20b",
            Query = "a=1&b=%C3%A9+x&a=2&c&__proto__=p",
            Headers = [new("X-One", "1"), new("x-one", "2"), new("Accept", "*/*")],
        };

        var text = await ScriptFolder.TextAsync("return [req.method, req.path, req.headers, req.query, req.body, Object.keys(req.query)]", request);

        Assert.Equal("""["PUT","/script/test/a%20b",{"x-one":"1, 2","accept":"*/*"},{"a":"1","b":"é x","c":"","__proto__":"p"},null,["a","b","c","__proto__"]]""", text);
    }

    [Theory]
    [InlineData("""{"a":[1]}""", "application/json", """object {"a":[1]}""")]
    [InlineData("\uFEFF{}", "application/json; charset=utf-8", "object {}")]
    [InlineData("1", "application/vnd.api+json", "number 1")]
    [InlineData("""{"a":1}""", null, """object {"a":1}""")]
    [InlineData("a=1", null, """object bytes "a=1" """)]
    [InlineData("""{"a":1}""", "application/x-www-form-urlencoded", """object {"a":1}""")]
    [InlineData("a=1&b=x+y&a=2", "application/x-www-form-urlencoded", """object {"a":"1","b":"x y"}""")]
    [InlineData("{}", "text/plain", """string "{}" """)]
    [InlineData("a\0b", "text/plain", """string "a\u0000b" """)]
    [InlineData("<a/>", "application/atom+xml", """string "<a/>" """)]
    [InlineData("{}", "application/octet-stream", """object bytes "{}" """)]
    [InlineData("", "application/json", "object null")]
    [InlineData("", null, "object null")]
    public async Task Bodies_of_requests_are_parsed_by_their_content_type(string body, string? contentType, string expected)
    {
        const string Show = "const b = req.body; const show = b instanceof Uint8Array ? 'bytes ' + JSON.stringify(new TextDecoder().decode(b)) : JSON.stringify(b);"
            + "return { status: 200, body: typeof b + ' ' + show }";

        Assert.Equal(expected.TrimEnd(), await ScriptFolder.TextAsync(Show, ScriptFolder.Post(body, contentType)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{} x")]
    [InlineData("1\0")]
    [InlineData("nul")]
    public async Task Invalid_json_is_refused_before_the_script_runs(string body)
    {
        var console = new FakeConsole();

        var failure = await Assert.ThrowsAsync<ScriptException>(
            () => ScriptFolder.RunAsync("console.log('ran')", ScriptFolder.Post(body), console: console));

        Assert.Equal(ScriptFailure.InvalidRequestBody, failure.Failure);
        Assert.Empty(console.Lines);
    }

    [Fact]
    public async Task Calls_default_to_a_get_of_the_root()
    {
        var handlers = new FakeHandlers().On("orders", FakeHandlers.Json("{}"));

        await ScriptFolder.RunAsync("await host.call('orders')", handlers: handlers);

        var call = Assert.Single(handlers.Calls);
        Assert.Equal(("orders", "GET", "/", false, null), (call.Handler, call.Method, call.Path, call.HasBody, call.Timeout));
        Assert.Empty(call.Headers);
    }

    [Theory]
    [InlineData("{ body: { a: 1 } }", true, "application/json", """{"a":1}""")]
    [InlineData("{ body: [1] }", true, "application/json", "[1]")]
    [InlineData("{ body: 0 }", true, "application/json", "0")]
    [InlineData("{ body: false }", true, "application/json", "false")]
    [InlineData("{ body: 'text' }", true, "text/plain; charset=utf-8", "text")]
    [InlineData("{ body: '' }", true, "text/plain; charset=utf-8", "")]
    [InlineData("{ body: new Uint8Array([104, 105]) }", true, "application/octet-stream", "hi")]
    [InlineData("{ body: new TextEncoder().encode('hi').buffer }", true, "application/octet-stream", "hi")]
    [InlineData("{ body: null }", false, null, "")]
    [InlineData("{ body: undefined }", false, null, "")]
    [InlineData("{ body: '<a/>', headers: { 'Content-Type': 'application/xml' } }", true, "application/xml", "<a/>")]
    public async Task Bodies_of_calls_travel_by_their_kind(string options, bool hasBody, string? contentType, string body)
    {
        var handlers = new FakeHandlers().On("orders", FakeHandlers.Json("{}"));

        await ScriptFolder.RunAsync($"await host.call('orders', {options})", handlers: handlers);

        var call = Assert.Single(handlers.Calls);
        Assert.Equal(hasBody, call.HasBody);
        Assert.Equal(contentType, call.Headers.SingleOrDefault()?.Value);
        Assert.Equal(body, Encoding.UTF8.GetString(call.Body.Span));
    }

    [Fact]
    public async Task Calls_carry_method_path_headers_and_timeout()
    {
        var handlers = new FakeHandlers().On("orders", FakeHandlers.Json("{}"));

        await ScriptFolder.RunAsync("await host.call('orders', { method: 'DELETE', path: 'x/1?a=b', headers: { 'X-A': 'b' }, timeoutMs: 60000 })", handlers: handlers);

        var call = Assert.Single(handlers.Calls);
        Assert.Equal(("DELETE", "/x/1?a=b", TimeSpan.FromMinutes(1)), (call.Method, call.Path, call.Timeout));
        Assert.Equal([new ScriptHeader("X-A", "b")], call.Headers);
    }

    [Theory]
    [InlineData("host.call()", "name of a handler")]
    [InlineData("host.call('a', { method: 'GE T' })", "'GE T' is not a method")]
    [InlineData("host.call('a', { path: '/a b' })", "space")]
    [InlineData("host.call('a', { headers: { 'a:': 'b' } })", "'a:' is not a header name")]
    [InlineData("host.call('a', { timeoutMs: 'soon' })", "timeoutMs")]
    public async Task Calls_that_cannot_be_made_reject_with_a_type_error(string call, string message)
    {
        var handlers = new FakeHandlers().On("a", FakeHandlers.Json("{}"));

        var text = await ScriptFolder.TextAsync($"return {call}.catch(e => e.name + ': ' + e.message)", handlers: handlers);

        Assert.Contains("TypeError: host.call", text, StringComparison.Ordinal);
        Assert.Contains(message, text, StringComparison.Ordinal);
        Assert.Empty(handlers.Calls);
    }

    [Theory]
    [InlineData("""{"a":1}""", "application/json", "object", """{"a":1}""")]
    [InlineData("oops", "application/json", "string", "\"oops\"")]
    [InlineData("{}", "text/plain", "string", "\"{}\"")]
    [InlineData("""{"a":1}""", null, "object", """{"a":1}""")]
    [InlineData("""{"a":1}""", "application/octet-stream", "object", """{"a":1}""")]
    [InlineData("ab", "application/octet-stream", "Uint8Array", """{"0":97,"1":98}""")]
    [InlineData("{}", "image/png", "Uint8Array", """{"0":123,"1":125}""")]
    [InlineData("", "application/json", "object", "null")]
    public async Task Bodies_of_handlers_are_parsed_by_their_content_type(string body, string? contentType, string type, string json)
    {
        var handlers = new FakeHandlers().On("a", FakeHandlers.Answer(body, contentType, 418));

        var text = await ScriptFolder.TextAsync(
            "const { status, body } = await host.call('a'); return { status: 200, body: [status, body?.constructor === Uint8Array ? 'Uint8Array' : typeof body, JSON.stringify(body)].join(' ') }",
            handlers: handlers);

        Assert.Equal($"418 {type} {json}", text);
    }

    [Fact]
    public async Task Headers_of_handlers_are_a_record_in_lower_case()
    {
        var answer = new HandlerAnswer(200, [new("X-A", "1"), new("x-a", "2"), new("Content-Type", "text/plain")], default);

        var text = await ScriptFolder.TextAsync("return (await host.call('a')).headers", handlers: new FakeHandlers().On("a", answer));

        Assert.Equal("""{"x-a":"1, 2","content-type":"text/plain"}""", text);
    }

    [Theory]
    [InlineData("return ok(a.body)", 201)]
    [InlineData("return a.body", 201)]
    [InlineData("await host.call('a'); await null; return ok(a.body)", 201)]
    [InlineData("return ok({ ...a.body })", 200)]
    [InlineData("return ok(a.body, { status: 202 })", 202)]
    [InlineData("return ok((await host.call('failing')).body)", 200)]
    [InlineData("return a", 201)]
    public async Task Ok_keeps_the_status_of_a_handlers_own_body(string body, int status)
    {
        var handlers = new FakeHandlers().On("a", FakeHandlers.Json("""{"id":1}""", 201)).On("failing", FakeHandlers.Json("{}", 409));

        Assert.Equal(status, (await ScriptFolder.RunAsync("const a = await host.call('a'); " + body, handlers: handlers)).Status);
    }

    [Theory]
    [InlineData("\"text\"", "application/json", "\"text\"")]
    [InlineData("text", "text/plain", "text")]
    [InlineData("{}", "image/png", "{}")]
    public async Task Handlers_answers_can_be_passed_on_as_they_are(string body, string contentType, string expected)
    {
        var answer = await ScriptFolder.RunAsync("return host.call('a')", handlers: new FakeHandlers().On("a", FakeHandlers.Answer(body, contentType, 203)));

        Assert.Equal((203, expected, contentType), (answer.Status, ScriptFolder.Text(answer), Header(answer, "content-type")));
    }

    [Fact]
    public async Task Calls_run_in_parallel()
    {
        var started = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        async Task<HandlerAnswer> Meet(int mine)
        {
            // Nobody is answered before everybody has been called.
            started[mine].SetResult();
            await Task.WhenAll(started.Select(static s => s.Task));
            return FakeHandlers.Json($"{mine}");
        }

        var handlers = new FakeHandlers().On("a", (_, _) => Meet(0)).On("b", (_, _) => Meet(1));

        var text = await ScriptFolder.TextAsync("const [a, b] = await Promise.all([host.call('a'), host.call('b')]); return [a.body, b.body]", handlers: handlers);

        Assert.Equal("[0,1]", text);
    }

    [Fact]
    public async Task Calls_made_together_are_under_way_together()
    {
        using var bothStarted = new Barrier(2);
        Task<HandlerAnswer> Meet() => Task.Run(() =>
        {
            Assert.True(bothStarted.SignalAndWait(TimeSpan.FromMinutes(1)));
            return FakeHandlers.Json("1");
        });

        var handlers = new FakeHandlers().On("a", (_, _) => Meet()).On("b", (_, _) => Meet());

        Assert.Equal(200, (await ScriptFolder.RunAsync("await Promise.all([host.call('a'), host.call('b')]); return 1", handlers: handlers)).Status);
    }

    [Theory]
    [InlineData(HandlerCallCode.ModuleNotFound, "MODULE_NOT_FOUND")]
    [InlineData(HandlerCallCode.CircuitOpen, "CIRCUIT_OPEN")]
    [InlineData(HandlerCallCode.RateLimited, "RATE_LIMITED")]
    [InlineData(HandlerCallCode.Timeout, "TIMEOUT")]
    [InlineData(HandlerCallCode.HandlerError, "HANDLER_ERROR")]
    public async Task Calls_that_fail_reject_with_a_code(HandlerCallCode code, string text)
    {
        var handlers = new FakeHandlers().On("a", (_, _) => throw new HandlerCallException(code, "a", "no luck", TimeSpan.FromSeconds(7)));

        var shown = await ScriptFolder.TextAsync("try { await host.call('a') } catch (e) { return [e instanceof Error, e.code, e.handler, e.message, e.retryAfter] }", handlers: handlers);
        var escaped = await ScriptFolder.FailureAsync("await null;\nawait host.call('a')", handlers: handlers);

        Assert.Equal($"""[true,"{text}","a","no luck",7]""", shown);
        Assert.Equal((ScriptFailure.EscapedHandlerCall, code, TimeSpan.FromSeconds(7)), (escaped.Failure, escaped.CallCode, escaped.RetryAfter));
        Assert.Equal(("test.js", 4), (escaped.File, escaped.Line));
    }

    [Fact]
    public async Task A_call_times_out_after_its_own_time_even_if_the_handler_does_not_notice()
    {
        var never = new TaskCompletionSource<HandlerAnswer>();
        var handlers = new FakeHandlers().On("a", (_, _) => never.Task);

        Assert.Equal("\"TIMEOUT\"", await ScriptFolder.TextAsync("return host.call('a', { timeoutMs: 1 }).catch(e => e.code)", handlers: handlers));
    }

    [Fact]
    public async Task Calls_still_running_are_cancelled_when_the_script_ends()
    {
        var cancelled = new TaskCompletionSource();
        var handlers = new FakeHandlers().On("slow", async (_, token) =>
        {
            await using var registration = token.Register(cancelled.SetResult);
            await cancelled.Task;
            throw new OperationCanceledException(token);
        });

        await ScriptFolder.RunAsync("host.call('slow'); return 1", handlers: handlers);

        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_fault_of_the_host_is_not_shown_to_the_script()
    {
        var handlers = new FakeHandlers().On("a", (_, _) => throw new InvalidDataException("host bug"));

        await Assert.ThrowsAsync<InvalidDataException>(() => ScriptFolder.RunAsync("try { await host.call('a') } catch { return 1 }", handlers: handlers));
    }

    [Fact]
    public async Task Errors_point_into_the_file()
    {
        var failure = await ScriptFolder.FailureAsync("function inner() {\n  null.x;\n}\ninner();");

        Assert.Equal(ScriptFailure.Threw, failure.Failure);
        Assert.Equal("TypeError: cannot read property 'x' of null", failure.Message);
        Assert.Equal(("test.js", 4, 3), (failure.File, failure.Line, failure.Column));
        Assert.Contains("at inner (test.js:4:3)", failure.Stack, StringComparison.Ordinal);
        Assert.DoesNotContain("mik:", failure.Stack, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("await host.call('a');", 4, 12)]
    [InlineData("const waiting = host.call('a');\nawait waiting;", 5, 1)]
    [InlineData("await Promise.all([host.call('a')]);", 4, 25)]
    public async Task A_failed_call_points_to_where_the_script_waited_for_it(string body, int line, int column)
    {
        var handlers = new FakeHandlers().On("a", static (_, _) => throw new HandlerCallException(HandlerCallCode.Timeout, "a", "too late"));

        var failure = await ScriptFolder.FailureAsync($"\n{body}", handlers: handlers);

        Assert.Equal(("test.js", line, column), (failure.File, failure.Line, failure.Column));
    }

    [Theory]
    [InlineData("try { await host.call('a') } catch (e) { return e.stack.includes('test.js') }", "true")]
    [InlineData("return await host.call('a').catch(e => [e.stack, e.message])", "[\"\",\"too late\"]")]
    [InlineData("return await host.call('a').catch(e => { e.stack = 'mine'; return e.stack })", "\"mine\"")]
    public async Task A_failed_calls_stack_is_there_once_it_was_thrown(string body, string expected)
    {
        var handlers = new FakeHandlers().On("a", static (_, _) => throw new HandlerCallException(HandlerCallCode.Timeout, "a", "too late"));

        Assert.Equal(expected, await ScriptFolder.TextAsync(body, handlers: handlers));
    }

    [Theory]
    [InlineData("throw 'text'", "threw text")]
    [InlineData("throw { a: 1 }", "threw { a: 1 }")]
    [InlineData("throw undefined", "threw undefined")]
    [InlineData("throw { get a() { throw 1 } }", "threw [value that cannot be shown]")]
    [InlineData("class E extends Error { get message() { throw 1 } } throw new E()", "threw a value that cannot be shown")]
    [InlineData("setTimeout(() => { throw new RangeError('late') }, 0); await new Promise(() => {})", "RangeError: late")]
    public async Task Anything_thrown_is_reported(string body, string message) =>
        Assert.Equal(message, (await ScriptFolder.FailureAsync(body)).Message);

    private static string? Header(ScriptAnswer answer, string name) =>
        answer.Headers.SingleOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;
}
