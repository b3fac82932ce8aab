using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>Scripts from before <c>(req, host)</c>, as they are.</summary>
[Collection(ScriptProjectTests.Name)]
public sealed class OlderDialectTests(ScriptProject project)
{
    [Theory]
    [InlineData("the answer {\"result\":…,\"calls_executed\":n}", "export default function (input) { return input.a; }", """{"a":[1]}""", """{"result":[1],"calls_executed":0}""")]
    [InlineData("export default function (input) { … }", "export default function greet(input) { return { got: input }; }", "", """{"result":{"got":null},"calls_executed":0}""")]
    [InlineData("export default function (input) { … }", "function helper(x) { return x + 1; }\nexport default async function (input) { return helper(input); }", "1", """{"result":2,"calls_executed":0}""")]
    [InlineData("a synchronous global host", "export default function (input) { const a = host.call('http_status', { path: '/?code=404' }); return [a.status, a.body.code, Array.isArray(a.headers), a.error === undefined]; }", "null", """{"result":[404,404,true,true],"calls_executed":1}""")]
    [InlineData("a synchronous global host", "export default function (input) { const a = host.call('nobody', {}); return [a.status, a.error, a.body.error]; }", "null", """{"result":[404,"MODULE_NOT_FOUND","MODULE_NOT_FOUND"],"calls_executed":1}""")]
    [InlineData("a synchronous global host", "export default function (input) { const a = host.call('http_echo', { body: { b: 1 } }); const h = Object.fromEntries(a.headers); return [h['x-echo-method'], h['x-echo-content-type'], a.body]; }", "null", """{"result":["POST","application/json",{"b":1}],"calls_executed":1}""")]
    [InlineData("so that existing scripts move over unchanged", "export default async function (input) { const a = await host.call('http_echo', { method: 'GET', path: '/x' }); return Object.fromEntries(a.headers)['x-echo-path']; }", "null", """{"result":"/x","calls_executed":1}""")]
    public async Task Is_served(string sentence, string source, string input, string expected) =>
        (await project.GetAsync($"/script/{project.AddFile(source)}", "POST", "application/json", input)).Shows(sentence, 200, expected, "application/json");

    [Theory]
    [InlineData("export default (input) => ({ status: 200, body: typeof host })", "js")]
    [InlineData("export default function (req, host) { return { status: 200, body: typeof globalThis.host }; }", "js")]
    [InlineData("import 'mik-sdk'; export default function (req) { return { status: 200, body: typeof host }; }", "js")]
    [InlineData("export default function (req: unknown) { return { status: 200, body: typeof globalThis.host }; }", "ts")]
    public async Task Is_recognised_by_its_shape_alone(string source, string extension) =>
        (await project.GetAsync($"/script/{project.AddFile(source, extension)}")).Shows("is recognised by its shape", 200, "undefined");

    [Theory]
    [InlineData("export default function (input) { throw new Error('secret'); }", 500, "script-threw")]
    [InlineData("export default function (input) { for (let i = 0; i < 101; i++) try { host.call('nobody', {}) } catch { } return 'escaped'; }", 500, "script-call-limit")]
    [InlineData("export default function (input) { return input; }", 400, "body-not-json", "{")]
    public async Task Its_failures_are_those_of_any_script(string source, int status, string slug, string input = "1") =>
        (await project.GetAsync($"/script/{project.AddFile(source)}", "POST", "text/plain", input)).ShowsProblem("still served", status, slug);
}
