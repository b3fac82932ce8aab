using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>What becomes of what a script returns.</summary>
[Collection(ScriptProjectTests.Name)]
public sealed class AnswerTests(ScriptProject project)
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    [Theory]
    [InlineData("ok(data) is 200 JSON", "return ok({ a: 1 })", 200, Json, """{"a":1}""")]
    [InlineData("ok(data) is 200 JSON", "return ok('text')", 200, Json, "\"text\"")]
    [InlineData("ok(data) is 200 JSON", "return ok(null)", 200, Json, "null")]
    [InlineData("ok(order.body) after a 201 answers 201", "const order = await host.call('http_status', { path: '/?code=201' }); return ok(order.body)", 201, Json, """{"code":201}""")]
    [InlineData("the very body object of a handler's 2xx response", "const a = await host.call('http_status', { path: '/?code=201' }); await host.call('http_hello'); return a.body", 201, Json, """{"code":201}""")]
    [InlineData("the very body object of a handler's 2xx response", "const a = await host.call('http_status', { path: '/?code=201' }); return ok({ ...a.body })", 200, Json, """{"code":201}""")]
    [InlineData("of a handler's 2xx response", "const a = await host.call('http_status', { path: '/?code=404' }); return ok(a.body)", 200, Json, """{"code":404}""")]
    [InlineData("ok(data, { status, headers }) sets them", "const a = await host.call('http_status', { path: '/?code=201' }); return ok(a.body, { status: 202 })", 202, Json, """{"code":201}""")]
    [InlineData("ok(data, { status, headers }) sets them", "return ok({ a: 1 }, { status: 203, headers: { 'content-type': 'application/vnd.x+json' } })", 203, "application/vnd.x+json", """{"a":1}""")]
    [InlineData("error({ status, title, detail?, type?, …extra })", "return error({ status: 409, title: 'Gone', detail: 'D', type: 'urn:x', sku: 7 })", 409, Problem, """{"type":"urn:x","title":"Gone","status":409,"detail":"D","sku":7}""")]
    [InlineData("type defaults to about:blank", "return error({ status: 404, title: 'None' })", 404, Problem, """{"type":"about:blank","title":"None","status":404}""")]
    [InlineData("A plain value is as if passed to ok", "return { a: 1 }", 200, Json, """{"a":1}""")]
    [InlineData("A plain value is as if passed to ok", "return 'text'", 200, Json, "\"text\"")]
    [InlineData("A plain value is as if passed to ok", "return [1]", 200, Json, "[1]")]
    [InlineData("A plain value is as if passed to ok", "return 0", 200, Json, "0")]
    [InlineData("A plain value is as if passed to ok", "return null", 200, Json, "null")]
    [InlineData("A plain value is as if passed to ok", "return { status: 201, total: 1 }", 200, Json, """{"status":201,"total":1}""")]
    [InlineData("A plain value is as if passed to ok", "return { status: 'active' }", 200, Json, """{"status":"active"}""")]
    [InlineData("undefined is 204", "", 204, "", "")]
    [InlineData("undefined is 204", "return ok(undefined)", 204, "", "")]
    [InlineData("{ status, headers?, body? } built by hand is sent as it is", "return { status: 202 }", 202, "", "")]
    [InlineData("{ status, headers?, body? } built by hand is sent as it is", "return { status: 404, body: 'text' }", 404, "text/plain; charset=utf-8", "text")]
    [InlineData("{ status, headers?, body? } built by hand is sent as it is", "return { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>é' }", 200, "text/html", "<p>é")]
    [InlineData("{ status, headers?, body? } built by hand is sent as it is", "return { status: 200, body: { a: 1 } }", 200, Json, """{"a":1}""")]
    [InlineData("{ status, headers?, body? } built by hand is sent as it is", "return { status: 200, body: new Uint8Array([104, 105]) }", 200, "application/octet-stream", "hi")]
    [InlineData("{ status, headers?, body? } built by hand is sent as it is", "return host.call('http_hello')", 200, "text/plain", "hello\n")]
    [InlineData("toJSON, dates, nested undefined behave as in JSON.stringify", "return { d: new Date(0), t: { toJSON() { return 1 } }, u: undefined, a: [undefined], n: NaN }", 200, Json, """{"d":"1970-01-01T00:00:00.000Z","t":1,"a":[null],"n":null}""")]
    [InlineData("toJSON, dates, nested undefined behave as in JSON.stringify", "return { toJSON: () => undefined }", 200, "", "")]
    public async Task Answer(string sentence, string body, int status, string contentType, string text) =>
        (await project.AskAsync(body)).Shows(sentence, status, text, contentType);

    [Theory]
    [InlineData("a cyclic value is a script error", "const a = {}; a.a = a; return a")]
    [InlineData("a cyclic value is a script error", "const a = []; a.push(a); return ok(a)")]
    [InlineData("behave as in JSON.stringify", "return 1n")]
    [InlineData("behave as in JSON.stringify", "return { toJSON() { throw new Error('no') } }")]
    [InlineData("sent as it is", "return { status: 200, headers: { 'a b': 'c' } }")]
    [InlineData("sent as it is", "return { status: 200, headers: { a: 'b\\r\\nc: d' } }")]
    [InlineData("sent as it is", "return { status: 99, body: 1 }")]
    [InlineData("script threw", "throw new Error('secret')")]
    [InlineData("script threw", "throw undefined")]
    [InlineData("script threw", "await Promise.reject({ a: 'secret' })")]
    [InlineData("script threw", "setTimeout(() => { throw new Error('secret') }, 1); await new Promise(r => setTimeout(r, 60000))")]
    public async Task What_cannot_be_sent_is_a_script_error(string sentence, string body)
    {
        var reply = await project.AskAsync(body);

        reply.ShowsProblem(sentence, 500, "script-threw");
        Assert.DoesNotContain("secret", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_are_sent_as_they_are()
    {
        var reply = await project.AskAsync("return { status: 200, headers: { 'X-One': 1, 'Set-Cookie': ['a=1', 'b=2'], 'Content-Length': '99', Connection: 'close' }, body: 'x' }");

        reply.Shows("{ status, headers?, body? } built by hand is sent as it is", 200, "x");
        Assert.Equal("1", reply.Headers["x-one"]);
        Assert.Equal("a=1, b=2", reply.Headers["set-cookie"]);
    }
}
