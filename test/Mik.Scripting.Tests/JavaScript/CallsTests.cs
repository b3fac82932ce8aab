using System.Text;
using Xunit;

namespace Mik.Scripting.Tests.JavaScript;

/// <summary><c>Promise.all</c> of handler calls takes a shorter way, which scripts must not be able to tell from the engine's own.</summary>
public sealed class CallsTests
{
    [Theory]
    [InlineData("(await P.all([host.call('slow'), host.call('quick'), release()])).map(answer => answer.body)", """["slow","quick",true]""")]
    [InlineData("await P.all([host.call('slow'), host.call('quick')].concat(release())).then(all => [Array.isArray(all), all.length])", "[true,3]")]
    [InlineData("await P.all([host.call('quick'), host.call('quick')]).then(all => [all.constructor === Array, all[0] === all[1]])", "[true,false]")]
    [InlineData("await P.all([host.call('nobody'), host.call('quick')]).catch(problem => [problem.code, problem.handler])", """["MODULE_NOT_FOUND","nobody"]""")]
    [InlineData("await P.all([host.call('slow'), host.call('nobody'), release()]).catch(problem => problem.code)", "\"MODULE_NOT_FOUND\"")]
    [InlineData("(await P.all([host.call('quick'), 5, Promise.resolve(6)])).map(one => one.body ?? one)", """["quick",5,6]""")]
    [InlineData("await (async () => { const p = host.call('quick'); const all = await P.all([p, p]); return all[0] === all[1]; })()", "true")]
    [InlineData("await (async () => { const p = host.call('quick'); const [one] = await P.all([p]); return one === await p; })()", "true")]
    [InlineData("await (async () => { const p = host.call('quick'); const two = await Promise.all([P.all([p]), P.all([p])]); return two[0][0] === two[1][0]; })()", "true")]
    [InlineData("await (async () => { const p = host.call('quick'); await p; return (await P.all([p]))[0].body; })()", "\"quick\"")]
    [InlineData("await P.all([host.call('quick'), host.call('quick', { method: 'no token' })]).catch(problem => problem.name)", "\"TypeError\"")]
    [InlineData("await P.all([host.call('quick', { body: { toJSON: () => host.call('quick') } }), host.call('quick')]).then(all => all.length)", "2")]
    [InlineData("await P.all([])", "[]")]
    [InlineData("(await P.all(new Set([host.call('quick'), 1]))).length", "2")]
    [InlineData("await P.all().catch(problem => problem instanceof TypeError)", "true")]
    [InlineData("await (async () => { const p = host.call('quick'); p.then = f => f('mine'); return P.all([p]); })()", """["mine"]""")]
    [InlineData("await (async () => { const { then } = Promise.prototype; let seen = 0; Promise.prototype.then = function (...a) { seen++; return then.apply(this, a); }; P.all([host.call('quick'), host.call('quick')]); Promise.prototype.then = then; return seen; })()", "2")]
    [InlineData("[Promise.all.name, Promise.all.length, 'prototype' in Promise.all, Object.keys(Promise).length]", """["all",1,false,0]""")]
    public async Task The_result_of_Promise_all_is_the_engine_s(string expression, string expected)
    {
        Assert.Equal(expected, await RunAsync("Promise", expression));

        // The engine's own, which only Promise itself does without.
        Assert.Equal(expected, await RunAsync("class extends Promise {}", expression));
    }

    [Theory]
    [InlineData("host.call('quick\\u0000')", "MODULE_NOT_FOUND")]
    [InlineData("host.call('quick' + String.fromCharCode(0) + 'er')", "MODULE_NOT_FOUND")]
    [InlineData("host.call('quick', { method: 'GET\\u0000' })", "TypeError")]
    [InlineData("host.call('quick', { path: '/a\\u0000b' })", "TypeError")]
    public async Task Nothing_is_cut_off_what_is_called(string call, string problem) =>
        Assert.Equal($"\"{problem}\"", await RunAsync("Promise", $"await {call}.catch(problem => problem.code ?? problem.name)"));

    [Fact]
    public async Task Whoever_waits_for_the_same_calls_goes_on_in_the_same_order()
    {
        const string Script = """
            await (async () => {
              const order = [];
              const first = host.call('slow'), second = host.call('quick');
              first.then(() => order.push('first, before'));
              second.then(() => order.push('second, before'));
              const all = P.all([first, second]).then(() => order.push('all'));
              first.then(() => order.push('first, after'));
              second.then(() => order.push('second, after'));
              await release();
              await all;
              return order;
            })()
            """;

        Assert.Equal(await RunAsync("class extends Promise {}", Script), await RunAsync("Promise", Script));
    }

    private static async Task<string> RunAsync(string promise, string expression)
    {
        var released = new TaskCompletionSource();
        var handlers = new FakeHandlers()
            .On("quick", FakeHandlers.Json("\"quick\""))
            .On("slow", async (_, _) =>
            {
                await released.Task;
                return FakeHandlers.Json("\"slow\"");
            })
            .On("release", (_, _) =>
            {
                released.SetResult();
                return Task.FromResult(FakeHandlers.Json("true"));
            });
        var answer = await ScriptFolder.RunAsync(
            $"const P = {promise}; const release = () => host.call('release'); return {{ result: {expression} }}", handlers: handlers);
        var body = Encoding.UTF8.GetString(answer.Body.Span);
        return body["{\"result\":".Length..^1];
    }
}
