using System.Text;
using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>What a script sees of its request.</summary>
[Collection(ScriptProjectTests.Name)]
public sealed class ScriptRequestTests(ScriptProject project)
{
    private const string Show =
        "const b = req.body; const kind = b instanceof Uint8Array ? 'Uint8Array' : b === null ? 'null' : Array.isArray(b) ? 'array' : typeof b;"
        + "return { status: 200, body: kind + ' ' + JSON.stringify(b instanceof Uint8Array ? new TextDecoder().decode(b) : b) };";

    [Theory]
    [InlineData("req { method, path, headers, query, body }", "Object.keys(req)", "", """["method","path","headers","query","body"]""")]
    [InlineData("path is the full request path", "req.path.replace(/s\\d+/, 's')", "/a%20b/c?d=1", "\"/script/s/a%20b/c\"")]
    [InlineData("the first value of a repeated query key wins", "req.query", "?a=1&a=2&b=%C3%A9+x&c&__proto__=p", """{"a":"1","b":"é x","c":"","__proto__":"p"}""")]
    [InlineData("req { …, query, … }", "req.query", "", "{}")]
    [InlineData("req { …, query, … }", "req.query", "?", "{}")]
    public async Task Method_path_and_query(string sentence, string expression, string suffix, string expected) =>
        (await project.GetAsync($"/script/{project.Add($"return {expression}")}{suffix}")).Shows(sentence, 200, expected);

    [Fact]
    public async Task Header_names_are_lower_case_and_repeats_joined()
    {
        var name = project.Add("return [req.headers['x-one'], req.headers['X-One'] === undefined, req.headers.accept]");

        var answer = await project.SendLinesAsync($"GET /script/{name} HTTP/1.1", "X-One: 1", "ACCEPT: */*", "x-one: 2");

        Assert.EndsWith("""["1, 2",true,"*/*"]""", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("body is null when empty", "application/json", "", "null null")]
    [InlineData("body is null when empty", "text/plain", "", "null null")]
    [InlineData("body is null when empty", null, null, "null null")]
    [InlineData("parsed JSON for a JSON content type", "application/json", """{"a":[1,"é"]}""", """object {"a":[1,"é"]}""")]
    [InlineData("parsed JSON for a JSON content type", "application/json; charset=utf-8", "[1]", "array [1]")]
    [InlineData("parsed JSON for a JSON content type", "application/vnd.api+json", "1", "number 1")]
    [InlineData("parsed JSON for a JSON content type", "text/json", "\"a\"", "string \"a\"")]
    [InlineData("parsed JSON for … none", null, """{"a":1}""", """object {"a":1}""")]
    [InlineData("parsed JSON for … a form content type that holds valid JSON", "application/x-www-form-urlencoded", """{"a":1}""", """object {"a":1}""")]
    [InlineData("form fields as an object for a form", "application/x-www-form-urlencoded", "a=1&b=x+y%21&a=2", """object {"a":"1","b":"x y!"}""")]
    [InlineData("a string for text", "text/plain", "{}", "string \"{}\"")]
    [InlineData("a string for text", "text/html; charset=utf-8", "<p>é", "string \"<p>é\"")]
    [InlineData("a string for text", "application/xml", "<a/>", "string \"<a/>\"")]
    [InlineData("a Uint8Array otherwise", "application/octet-stream", "{}", "Uint8Array \"{}\"")]
    [InlineData("a Uint8Array otherwise", "image/png", "PNG", "Uint8Array \"PNG\"")]
    [InlineData("a Uint8Array otherwise", null, "not JSON", "Uint8Array \"not JSON\"")]
    public async Task Body(string sentence, string? contentType, string? content, string expected) =>
        (await project.AskAsync(Show, "POST", contentType, content)).Shows(sentence, 200, expected);

    [Theory]
    [InlineData("{")]
    [InlineData("{} x")]
    [InlineData("nul")]
    [InlineData("{\"a\":1,}")]
    public async Task Invalid_JSON_is_refused_before_the_script_runs(string content)
    {
        const string Sentence = "Invalid JSON under a JSON content type → 400 before the script runs";
        var name = project.Add("console.log(`${req.headers.marker} ran`)");
        var refused = await project.GetAsync($"/script/{name}", "POST", "application/json", content, ("marker", $"refused-{name}"));
        var served = await project.GetAsync($"/script/{name}", "POST", "application/json", "{}", ("marker", $"served-{name}"));

        refused.ShowsProblem(Sentence, 400, "body-not-json");
        served.Shows(Sentence, 204, "");
        await project.Server.WaitForLogAsync($"served-{name} ran");
        Assert.DoesNotContain($"refused-{name} ran", project.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_arrive_as_they_were_sent()
    {
        var bytes = Enumerable.Range(0, 256).Select(static b => (byte)b).ToArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/script/{project.Add("return { status: 200, body: req.body }")}") { Content = new ByteArrayContent(bytes) };

        using var response = await project.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Text_is_read_in_its_own_charset()
    {
        var name = project.Add("return req.body");
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes("é"));
        content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("text/plain") { CharSet = "iso-8859-1" };

        using var response = await project.Server.Client.PostAsync($"/script/{name}", content, TestContext.Current.CancellationToken);

        (await ScriptReply.OfAsync(response)).Shows("a string for text", 200, "\"é\"");
    }
}
