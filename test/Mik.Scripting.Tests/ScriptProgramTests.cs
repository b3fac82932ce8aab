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
    [InlineData("return { status: 202 }", 202, null, "")]
    [InlineData("return { status: 203, body: 'text' }", 203, "text/plain; charset=utf-8", "text")]
    [InlineData("return { status: 200, body: { a: undefined, d: new Date(0), t: { toJSON() { return 1 } } } }", 200, "application/json", """{"d":"1970-01-01T00:00:00.000Z","t":1}""")]
    [InlineData("return { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>' }", 200, "text/html", "<p>")]
    [InlineData("return { status: 200, body: new Uint8Array([104, 105]) }", 200, "application/octet-stream", "hi")]
    [InlineData("return { status: 200, body: 'a\\u0000b' }", 200, "text/plain; charset=utf-8", "a\0b")]
    [InlineData("return error({ status: 409, title: 'Gone', sku: 7 })", 409, "application/problem+json", """{"type":"about:blank","title":"Gone","status":409,"sku":7}""")]
    [InlineData("return error({ status: 400, title: 'T', detail: 'D', type: 'urn:x' })", 400, "application/problem+json", """{"type":"urn:x","title":"T","status":400,"detail":"D"}""")]
    public async Task Answers_follow_what_the_script_returns(string body, int status, string? contentType, string text)
    {
        var answer = await ScriptFolder.RunAsync(body);

        Assert.Equal(status, answer.Status);
        Assert.Equal(contentType, answer.Headers.SingleOrDefault(static h => h.Name.Equals("content-type", StringComparison.OrdinalIgnoreCase))?.Value);
        Assert.Equal(text, ScriptFolder.Text(answer));
    }
}
