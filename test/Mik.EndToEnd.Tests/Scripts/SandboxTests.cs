using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>What is there for a script, and what is not.</summary>
[Collection(ScriptProjectTests.Name)]
public sealed class SandboxTests(ScriptProject project)
{
    [Theory]
    [InlineData("No network", "fetch XMLHttpRequest WebSocket EventSource navigator")]
    [InlineData("No … files", "require Deno Bun fs module __dirname __filename")]
    [InlineData("No … environment, processes", "process global std os scriptArgs bjson Worker SharedWorker WebAssembly importScripts postMessage")]
    [InlineData("No … eval of host code", "__mik __host_call host input")]
    public async Task Is_not_there(string sentence, string names) =>
        (await project.AskAsync($"return '{names}'.split(' ').filter(name => name in globalThis || new Function(`return typeof ${{name}}`)() !== 'undefined')"))
            .Shows(sentence, 200, "[]");

    [Theory]
    [InlineData("import('node:fs')")]
    [InlineData("import('fs')")]
    [InlineData("import('mik:host')")]
    [InlineData("import('./lib/data.json')")]
    [InlineData("import('data:text/javascript,export default 1')")]
    [InlineData("import('http://localhost/x.js')")]
    [InlineData("import('/etc/passwd')")]
    public async Task Nothing_is_loaded_while_a_script_runs(string import) =>
        (await project.AskAsync($"return {import}.then(() => 'loaded', e => e instanceof Error)")).Shows("No … files, … eval of host code", 200, "true");

    [Theory]
    [InlineData("the ECMAScript built-ins", "[typeof Map, typeof Proxy, typeof Intl, [3, 1].toSorted(), Object.groupBy([1], x => x), new Set([1]).union(new Set([2])).size, [1, 2].at(-1), 2n ** 64n + '', Array.fromAsync !== undefined, /(?<y>\\d+)/v.exec('a1').groups.y]")]
    [InlineData("setTimeout/clearTimeout", "await new Promise(done => { const log = []; clearTimeout(setTimeout(() => log.push('never'), 1)); setTimeout((a, b) => { log.push(a + b); done(log); }, 5, 'a', 'b'); setTimeout(() => log.push('first'), 0); })")]
    [InlineData("URL, URLSearchParams", "[new URL('../b?c=d#e', 'http://user:pw@host:81/a/x').href, new URL('http://é.example/').host, new URLSearchParams('a=1&a=2').getAll('a'), String(new URLSearchParams({ a: 'b c' })), URL.canParse('nope')]")]
    [InlineData("TextEncoder/TextDecoder", "[[...new TextEncoder().encode('é\\u0000')], new TextDecoder().decode(new Uint8Array([0xC3, 0xA9])), new TextDecoder('utf-16le').decode(new Uint8Array([97, 0])), (() => { try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])) } catch (e) { return e.name } })()]")]
    [InlineData("structuredClone", "(() => { const a = { d: new Date(0), m: new Map([[1, new Set([2])]]) }; a.self = a; const b = structuredClone(a); return [b !== a, b.self === b, b.d, [...b.m.get(1)], (() => { try { structuredClone(() => 1) } catch (e) { return e.name } })()] })()")]
    [InlineData("atob/btoa", "[btoa('hi\\u00ff'), atob('aGn/') === 'hi\\u00ff', (() => { try { atob('?') } catch (e) { return e.name } })()]")]
    [InlineData("crypto.randomUUID/getRandomValues", "[/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), crypto.getRandomValues(new Uint8Array(64)).some(b => b > 0)]")]
    [InlineData("AbortController", "await new Promise(done => { const c = new AbortController(); c.signal.addEventListener('abort', e => done([e.type, c.signal.aborted, c.signal.reason.name])); c.abort(); })")]
    [InlineData("performance.now", "(() => { const a = performance.now(); const b = performance.now(); return [a >= 0, b >= a, typeof performance.timeOrigin] })()")]
    [InlineData("console", "['log', 'info', 'warn', 'error', 'debug'].map(level => typeof console[level])")]
    public async Task Is_there(string sentence, string expression)
    {
        var expected = sentence switch
        {
            "the ECMAScript built-ins" => """["function","function","undefined",[1,3],{"1":[1]},2,2,"18446744073709551616",true,"1"]""",
            "setTimeout/clearTimeout" => """["first","ab"]""",
            "URL, URLSearchParams" => """["http://user:pw@host:81/b?c=d#e","xn--9ca.example",["1","2"],"a=b+c",false]""",
            "TextEncoder/TextDecoder" => """[[195,169,0],"é","a","TypeError"]""",
            "structuredClone" => """[true,true,"1970-01-01T00:00:00.000Z",[2],"DataCloneError"]""",
            "atob/btoa" => """["aGn/",true,"InvalidCharacterError"]""",
            "crypto.randomUUID/getRandomValues" => "[true,true]",
            "AbortController" => """["abort",true,"AbortError"]""",
            "performance.now" => """[true,true,"number"]""",
            _ => """["function","function","function","function","function"]""",
        };

        (await project.AskAsync($"return {expression}")).Shows($"There are: … {sentence}", 200, expected);
    }

    [Fact]
    public async Task Console_goes_to_the_log_with_script_and_request()
    {
        var name = project.Add("console.log('%s has %d', 'cart', 2, { a: [1] }); console.error('line\\nforged')");

        await project.GetAsync($"/script/{name}", headers: [("X-Request-ID", $"console-{name}")]);

        await project.Server.WaitForLogAsync($"{name}: cart has 2 {{ a: [1] }} (console-{name})");
        await project.Server.WaitForLogAsync("forged");
        Assert.DoesNotContain("\nforged", project.Server.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("globalThis.n = (globalThis.n ?? 0) + 1; return n")]
    [InlineData("Object.prototype.n = (Object.prototype.n ?? 0) + 1; return ({}).n")]
    [InlineData("Array.prototype.map = ((before) => { const now = function () { return 1 + (before.n ?? 0) }; now.n = 1 + (before.n ?? 0); return now })(Array.prototype.map); return [0].map()")]
    [InlineData("kept.n++; return kept.n")]
    [InlineData("kept[Symbol.for('n')] = (kept[Symbol.for('n')] ?? 0) + 1; return kept[Symbol.for('n')]")]
    [InlineData("const s = Symbol.for('n'); s.constructor.n = (s.constructor.n ?? 0) + 1; return s.constructor.n")]
    [InlineData("pattern.exec('aaaa'); return pattern.lastIndex")]
    [InlineData("const before = globalThis.pending; globalThis.pending = new Promise(r => setTimeout(r, 1e9)); return before === undefined ? 1 : 2")]
    [InlineData("const before = late.n; setTimeout(() => late.n++, 0); Promise.resolve().then(() => Promise.resolve()).then(() => late.n++); return before + 1")]
    [InlineData("const before = weak.deref()?.n ?? 0; weak.deref().n = 1; return before + 1")]
    [InlineData("console.count = Object.assign(() => {}, { n: (console.count.n ?? 0) + 1 }); return console.count.n")]
    [InlineData("Math.random.n = (Math.random.n ?? 0) + 1; return Math.random.n")]
    [InlineData("const e = await host.call('nobody').catch(e => e); e.constructor.prototype.n = (e.constructor.prototype.n ?? 0) + 1; return e.n")]
    [InlineData("return Symbol.for('n').description.length")]
    [InlineData("RegExp.n = (RegExp.n ?? 0) + 1; /(a)/.test('a'); return RegExp.n")]
    public async Task Nothing_is_left_for_the_next_request(string body)
    {
        var name = project.AddFile(
            $"import {{ script }} from 'mik-sdk';\nconst kept = {{ n: 0 }}; const pattern = /a/g; const late = {{ n: 0 }}; const held = {{}}; const weak = new WeakRef(held);\n"
            + $"export default script(async (req, host) => {{ {body} }});");

        for (var i = 0; i < 4; i++)
        {
            (await project.GetAsync($"/script/{name}")).Shows("No … state between requests", 200, "1");
        }
    }

    [Theory]
    [InlineData("Math.random()")]
    [InlineData("[...crypto.getRandomValues(new Uint8Array(8))].join()")]
    [InlineData("crypto.randomUUID()")]
    public async Task Randomness_is_new_for_every_request(string expression)
    {
        var name = project.AddFile($"Math.random(); export default () => String({expression}); import 'mik-sdk';");

        var seen = new HashSet<string>();
        for (var i = 0; i < 4; i++)
        {
            Assert.True(seen.Add((await project.GetAsync($"/script/{name}")).Body));
        }
    }

    [Fact]
    public async Task Time_is_read_for_every_request()
    {
        var name = project.AddFile("const loaded = Date.now(); export default () => [new Date().getTime() > loaded, Date.now() > loaded, performance.now() < 60000]; import 'mik-sdk';");
        await project.GetAsync($"/script/{name}");
        await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);

        (await project.GetAsync($"/script/{name}")).Shows("No … state between requests", 200, "[true,true,true]");
    }
}
