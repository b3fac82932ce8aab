using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary><c>host.call</c>: what it sends, what comes back, and what ends it.</summary>
[Collection(ScriptProjectTests.Name)]
public sealed class HostCallTests(ScriptProject project)
{
    private const string Echo = "const show = r => [r.headers['x-echo-method'], r.headers['x-echo-path'], r.headers['x-echo-content-type'] ?? 'untyped', typeof r.body === 'string' ? r.body : JSON.stringify(r.body)].join(' ');";

    [Theory]
    [InlineData("Promise<{ status, headers, body }>", "{}", "status,headers,body", "Object.keys(r).join()")]
    [InlineData("method (default GET)", "{}", "GET", "r.headers['x-echo-method']")]
    [InlineData("method", "{ method: 'DELETE' }", "DELETE", "r.headers['x-echo-method']")]
    [InlineData("path (default /, …)", "undefined", "/", "r.headers['x-echo-path']")]
    [InlineData("path (…, may carry a query)", "{ path: '/a%20b/c?d=%2F&e' }", "/a%20b/c?d=%2F&e", "r.headers['x-echo-path']")]
    [InlineData("path", "{ path: 'a/b' }", "/a/b", "r.headers['x-echo-path']")]
    [InlineData("headers", "{ headers: { 'X-One': 1, 'x-two': 'é' } }", "1 é", "r.headers['x-echo-x-one'] + ' ' + r.headers['x-echo-x-two']")]
    [InlineData("headers", "{ headers: { 'x-one': ['1', '2'] } }", "1, 2", "r.headers['x-echo-x-one']")]
    [InlineData("timeoutMs", "{ timeoutMs: 100000 }", "200", "String(r.status)")]
    public async Task Options(string sentence, string options, string expected, string expression) =>
        (await project.AskAsync($"const r = await host.call('http_echo', {options}); return {{ status: 200, body: {expression} }}")).Shows(sentence, 200, expected);

    [Theory]
    [InlineData("Objects, arrays, numbers and booleans are sent as JSON with that content type", "{ a: [1, undefined], b: undefined, c: new Date(0) }", """POST / application/json {"a":[1,null],"c":"1970-01-01T00:00:00.000Z"}""")]
    [InlineData("Objects, arrays, numbers and booleans are sent as JSON with that content type", "[1]", "POST / application/json [1]")]
    [InlineData("Objects, arrays, numbers and booleans are sent as JSON with that content type", "0", "POST / application/json 0")]
    [InlineData("Objects, arrays, numbers and booleans are sent as JSON with that content type", "false", "POST / application/json false")]
    [InlineData("strings as text", "'{\"a\": 1}'", """POST / text/plain; charset=utf-8 {"a": 1}""")]
    [InlineData("strings as text", "''", "POST / text/plain; charset=utf-8 null")]
    [InlineData("byte arrays as they are", "new Uint8Array([0, 104, 105]).subarray(1)", """POST / application/octet-stream {"0":104,"1":105}""")]
    [InlineData("byte arrays as they are", "new Uint8Array([104, 105]).buffer", """POST / application/octet-stream {"0":104,"1":105}""")]
    [InlineData("null/undefined as no body", "null", "POST / untyped null")]
    [InlineData("null/undefined as no body", "undefined", "POST / untyped null")]
    public async Task Bodies_that_are_sent(string sentence, string body, string expected) =>
        (await project.AskAsync($"{Echo} return {{ status: 200, body: show(await host.call('http_echo', {{ method: 'POST', body: {body} }})) }}"))
            .Shows(sentence, 200, expected);

    [Theory]
    [InlineData("'<a/>'", "{ 'Content-Type': 'application/xml' }", "POST / application/xml <a/>")]
    [InlineData("{ a: 1 }", "{ 'content-type': 'application/vnd.api+json' }", """POST / application/vnd.api+json {"a":1}""")]
    [InlineData("new Uint8Array([104, 105])", "{ 'CONTENT-TYPE': 'text/plain' }", "POST / text/plain hi")]
    public async Task An_explicit_content_type_wins(string body, string headers, string expected) =>
        (await project.AskAsync($"{Echo} return {{ status: 200, body: show(await host.call('http_echo', {{ method: 'POST', headers: {headers}, body: {body} }})) }}"))
            .Shows("an explicit content type wins", 200, expected);

    [Theory]
    [InlineData("The answer's body is parsed when it is JSON", "application/json", "{\"a\":1}", "object {\"a\":1}")]
    [InlineData("The answer's body is parsed when it is JSON", "application/problem+json", "[1]", "object [1]")]
    [InlineData("a string when it is text", "text/plain", "{}", "string \"{}\"")]
    [InlineData("a string when it is text", "text/csv", "a,b", "string \"a,b\"")]
    [InlineData("bytes otherwise", "image/png", "hi", "Uint8Array {\"0\":104,\"1\":105}")]
    [InlineData("bytes otherwise", "application/octet-stream", "hi", "Uint8Array {\"0\":104,\"1\":105}")]
    [InlineData("an untyped or octet-stream body that is valid JSON is parsed", "application/octet-stream", "{\"a\":1}", "object {\"a\":1}")]
    [InlineData("an untyped or octet-stream body that is valid JSON is parsed", "", "{\"a\":1}", "object {\"a\":1}")]
    public async Task Bodies_that_come_back(string sentence, string contentType, string content, string expected) =>
        (await project.AskAsync(
            $"const {{ body }} = await host.call('http_echo', {{ method: 'POST', headers: {{ 'content-type': '{contentType}' }}, body: '{content}' }});"
            + "return { status: 200, body: (body instanceof Uint8Array ? 'Uint8Array' : typeof body) + ' ' + JSON.stringify(body) }"))
            .Shows(sentence, 200, expected);

    [Theory]
    [InlineData(201)]
    [InlineData(301)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Any_status_resolves(int status) =>
        (await project.AskAsync($"const r = await host.call('http_status', {{ path: '/?code={status}' }}); return [r.status, r.body.code]"))
            .Shows("Any HTTP status resolves", 200, $"[{status},{status}]");

    [Fact]
    public async Task Calls_really_run_in_parallel()
    {
        // One of as many calls as may be in flight would find a place in any case; one more finds none only beside the others.
        var calls = string.Join(", ", Enumerable.Repeat("host.call('watched', { path: '/?ms=300' }).then(r => r.status, e => e.code)", ScriptProject.MaxPerHandler + 1));

        (await project.AskAsync($"return (await Promise.all([{calls}])).map(String).sort()"))
            .Shows("Calls really run in parallel", 200, """["200","200","RATE_LIMITED"]""");
    }

    [Fact]
    public async Task Trace_and_request_id_travel_and_nothing_else()
    {
        const string Sentence = "Trace context and request id travel to the handler; nothing else of the incoming request does";
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        var name = project.Add("const { headers } = await host.call('http_echo'); return { id: headers['x-echo-x-request-id'], trace: headers['x-echo-traceparent'].slice(3, 35), names: Object.keys(headers).filter(n => n.startsWith('x-echo-')).sort() }");

        (await project.GetAsync(
            $"/script/{name}?secret=1",
            headers: [("X-Request-ID", $"id-{name}"), ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"), ("Authorization", "Bearer secret"), ("Cookie", "a=1"), ("X-Custom", "1")]))
            .Shows(Sentence, 200, $$"""{"id":"id-{{name}}","trace":"{{Trace}}","names":["x-echo-method","x-echo-path","x-echo-traceparent","x-echo-x-request-id"]}""");
    }

    [Fact]
    public async Task Calls_are_cancelled_when_the_script_ends()
    {
        (await project.AskAsync("host.call('watched', { path: '/?ms=250000' }); await host.call('http_hello'); return 1"))
            .Shows("If … the script ends, calls still running are cancelled", 200, "1");

        // Far below the time the handler would take.
        await project.WaitForInFlightAsync("watched", 0);
    }

    [Fact]
    public async Task Calls_are_cancelled_when_the_client_goes_away()
    {
        var name = project.Add("return host.call('watched', { path: '/?ms=250000' })");
        using var leave = new CancellationTokenSource();
        var request = project.Server.Client.GetAsync($"/script/{name}", leave.Token);
        await project.WaitForInFlightAsync("watched", 1);

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await project.WaitForInFlightAsync("watched", 0);
    }
}
