using Microsoft.Extensions.Time.Testing;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Scripting.Tests.Execution;

/// <summary>What scripts find in their sandbox, and what they do not.</summary>
public sealed class ScriptVmTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private static readonly Lazy<ScriptHost> FakeTimeHost = new(static () =>
        new ScriptHost(new Engine(), new ScriptHostOptions { TimeProvider = Time, FillRandom = static bytes => bytes.Fill(0xAB) }));

    [Theory]
    [InlineData("new TextDecoder().decode(new TextEncoder().encode('a\\0é😀'))", "\"a\\u0000é😀\"")]
    [InlineData("[...new TextEncoder().encode('é\\ud800')]", "[195,169,239,191,189]")]
    [InlineData("Object.values(new TextEncoder().encodeInto('é😀x', new Uint8Array(6)))", "[3,6]")]
    [InlineData("new TextDecoder().decode(new Uint8Array([0xEF, 0xBB, 0xBF, 97, 0xFF]))", "\"a\uFFFD\"")]
    [InlineData("new TextDecoder('utf-16le').decode(new Uint8Array([97, 0]))", "\"a\"")]
    [InlineData("new TextDecoder('latin1').decode(new Uint8Array([0x80]))", "\"€\"")]
    [InlineData("(d => d.decode(new Uint8Array([0xE2, 0x82]), { stream: true }) + d.decode(new Uint8Array([0xAC])))(new TextDecoder())", "\"€\"")]
    [InlineData("atob(btoa('\\u0000\\u00ffab'))", "\"\\u0000ÿab\"")]
    [InlineData("btoa('hello')", "\"aGVsbG8=\"")]
    [InlineData("atob(' aGVs bG8 ')", "\"hello\"")]
    [InlineData("structuredClone({ a: [1, new Date(0)], m: new Map([[1, 2]]) }).m.get(1)", "2")]
    [InlineData("(o => { o.self = o; const c = structuredClone(o); return c.self === c && c !== o })({})", "true")]
    [InlineData("structuredClone(new RangeError('x')) instanceof RangeError", "true")]
    [InlineData("[...structuredClone(new Uint8Array([1, 2]).subarray(1))]", "[2]")]
    [InlineData("crypto.randomUUID().replace(/[0-9a-f]/g, 'x')", "\"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\"")]
    [InlineData("crypto.getRandomValues(new Uint32Array(9)).length", "9")]
    [InlineData("Math.random() < 1 && Math.random() >= 0", "true")]
    [InlineData("(c => { c.abort('why'); return [c.signal.aborted, c.signal.reason] })(new AbortController())", "[true,\"why\"]")]
    [InlineData("AbortSignal.any([AbortSignal.abort(1)]).reason", "1")]
    [InlineData("new URL('../x?a=b c#d', 'HTTPS://user@EXAMPLE.com:443/p/q/r').href", "\"https://user@example.com/p/x?a=b%20c#d\"")]
    [InlineData("(u => { u.searchParams.append('k', 'v w'); return [u.search, u.host] })(new URL('http://münchen.de/?a=1'))", "[\"?a=1&k=v+w\",\"xn--mnchen-3ya.de\"]")]
    [InlineData("[...new URLSearchParams({ a: 1, b: 'x&y' })].join() + new URLSearchParams([['c', 'd']])", "\"a,1,b,x&yc=d\"")]
    [InlineData("[URL.canParse('x'), URL.canParse('a:x')]", "[false,true]")]
    [InlineData("typeof performance.now()", "\"number\"")]
    [InlineData("new Date(2020, 0, 1).toISOString()", "\"2020-01-01T00:00:00.000Z\"")]
    [InlineData("await new Promise(r => queueMicrotask(() => r(1)))", "1")]
    [InlineData("[typeof fetch, typeof require, typeof process, typeof __mik, typeof std, typeof os, typeof Atomics]", "[\"undefined\",\"undefined\",\"undefined\",\"undefined\",\"undefined\",\"undefined\",\"undefined\"]")]
    [InlineData("Object.keys(globalThis)", "[]")]
    [InlineData("eval('1 + 1')", "2")]
    public async Task Globals_do_what_they_do_elsewhere(string expression, string json) =>
        Assert.Equal(json, System.Text.RegularExpressions.Regex.Unescape((await ScriptFolder.TextAsync($"return {expression}")).Replace("\\u0000", "\\\\u0000", StringComparison.Ordinal)));

    [Theory]
    [InlineData("btoa('\\u0100')", "InvalidCharacterError")]
    [InlineData("atob('a')", "InvalidCharacterError")]
    [InlineData("atob('*')", "InvalidCharacterError")]
    [InlineData("structuredClone(() => {})", "DataCloneError")]
    [InlineData("new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))", "TypeError")]
    [InlineData("new TextDecoder('nonsense')", "RangeError")]
    [InlineData("crypto.getRandomValues(new Float32Array(1))", "TypeMismatchError")]
    [InlineData("crypto.getRandomValues(new Uint8Array(70000))", "QuotaExceededError")]
    [InlineData("new URL('/relative')", "TypeError")]
    [InlineData("setTimeout('code')", "TypeError")]
    [InlineData("AbortSignal.abort().throwIfAborted()", "AbortError")]
    public async Task Globals_refuse_what_they_refuse_elsewhere(string expression, string name) =>
        Assert.Equal($"\"{name}\"", await ScriptFolder.TextAsync($"try {{ {expression} }} catch (e) {{ return e.name }}"));

    [Theory]
    [InlineData("console.log('a', 1, { b: [2, 'x'], c: null }, undefined)", ScriptLogLevel.Information, "a 1 { b: [2, \"x\"], c: null } undefined")]
    [InlineData("console.info('%s is %d%%', 'x', '5', 'rest')", ScriptLogLevel.Information, "x is 5% rest")]
    [InlineData("console.warn(new Map([[1, new Set([2])]]))", ScriptLogLevel.Warning, "Map(1) { 1 => Set(1) { 2 } }")]
    [InlineData("console.error('a\\0b')", ScriptLogLevel.Error, "a\\0b")]
    [InlineData("console.debug(Symbol('s'), 1n, -0, () => {}, /x/g)", ScriptLogLevel.Debug, "Symbol(s) 1n -0 [Function] /x/g")]
    [InlineData("console.assert(true); console.assert(false, 'why')", ScriptLogLevel.Error, "Assertion failed: why")]
    [InlineData("const o = {}; o.o = o; console.log(o)", ScriptLogLevel.Information, "{ o: [Circular] }")]
    public async Task The_console_goes_to_the_log(string code, ScriptLogLevel level, string message)
    {
        var console = new FakeConsole();

        await ScriptFolder.RunAsync(code, ScriptFolder.Get() with { RequestId = "r1" }, console: console);

        Assert.Equal([(level, "test", "r1", message)], console.Lines);
    }

    [Fact]
    public async Task The_log_is_not_flooded()
    {
        var console = new FakeConsole();

        await ScriptFolder.RunAsync("for (let i = 0; i < 2000; i++) console.log(i)", console: console);

        Assert.Equal(1001, console.Lines.Count);
        Assert.StartsWith("1000 more messages ", console.Lines[^1].Message, StringComparison.Ordinal);
        Assert.Equal(ScriptLogLevel.Warning, console.Lines[^1].Level);
    }

    [Fact]
    public async Task Timers_fire_in_the_order_of_their_time_and_age()
    {
        const string Body = """
            const order = [];
            const at = (ms, name) => setTimeout((...args) => order.push(name, ...args), ms, ms);
            at(20, "c"); at(10, "a"); at(10, "b"); clearTimeout(at(5, "never")); at(-1, "now");
            order.push("sync");
            await new Promise(r => setTimeout(r, 30));
            return order;
            """;

        Assert.Equal("""["sync","now",-1,"a",10,"b",10,"c",20]""", await AnswerInFakeTimeAsync(Body, TimeSpan.FromMilliseconds(30)));
    }

    [Fact]
    public async Task Time_and_randomness_are_the_hosts()
    {
        const string Body = "const start = Date.now(); await new Promise(r => setTimeout(r, 1500)); return [Date.now() - start, performance.now(), crypto.randomUUID()]";

        Assert.Equal("""[1500,1500,"abababab-abab-4bab-abab-abababababab"]""", await AnswerInFakeTimeAsync(Body, TimeSpan.FromMilliseconds(1500)));
        Assert.Equal("2030", await AnswerInFakeTimeAsync("return new Date().getFullYear()", TimeSpan.Zero));
    }

    private static async Task<string> AnswerInFakeTimeAsync(string body, TimeSpan wait)
    {
        using var folder = new ScriptFolder();
        using var program = FakeTimeHost.Value.Load(folder.Write("test.js", ScriptFolder.Wrap(body)), folder.Root);
        var running = program.RunAsync(ScriptFolder.Get(), new FakeHandlers(), new FakeConsole(), ScriptFolder.Generous, TestContext.Current.CancellationToken);
        if (wait > TimeSpan.Zero)
        {
            Assert.False(running.IsCompleted);
            Time.Advance(wait);
        }

        return ScriptFolder.Text(await running);
    }
}
