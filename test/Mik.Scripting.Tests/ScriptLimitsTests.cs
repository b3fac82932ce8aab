using Xunit;

namespace Mik.Scripting.Tests;

public sealed class ScriptLimitsTests
{
    private static readonly ScriptLimits Generous = ScriptFolder.Generous;

    [Theory]
    [InlineData("while (true) {}")]
    [InlineData("while (true) { try { while (true) {} } catch {} finally { continue } }")]
    [InlineData("while (true) await null")]
    [InlineData("return { toJSON() { while (true) {} } }")]
    [InlineData("Object.defineProperty(Object.prototype, 'retryAfter', { get() { throw { get name() { while (true) {} } } } }); await host.call('a')")]
    [InlineData("throw { get name() { while (true) {} } }")]
    [InlineData("new Array(1e9).join('x'); while (true) {}")]
    [InlineData("const a = new Uint8Array(16 << 20); while (true) a.fill(1)")]
    [InlineData("const a = new Uint8Array(16 << 20); while (true) a.copyWithin(1, 0)")]
    public async Task Running_too_long_ends_the_script(string body) =>
        await FailsAsync(ScriptFailure.CpuLimit, body, Generous with { CpuTime = TimeSpan.FromMilliseconds(50) });

    [Fact]
    public async Task Time_spent_waiting_does_not_count_as_running()
    {
        // The deadline of the wait alone is far above the CPU limit.
        var limits = Generous with { CpuTime = TimeSpan.FromSeconds(30) };
        var handlers = new FakeHandlers().On("a", static async (_, token) =>
        {
            await Task.Yield();
            return FakeHandlers.Json("1");
        });

        Assert.Equal(200, (await ScriptFolder.RunAsync("for (let i = 0; i < 50; i++) await host.call('a'); return 1", handlers: handlers, limits: limits)).Status);
    }

    [Theory]
    [InlineData("function f() { f() } f()")]
    [InlineData("function f() { try { f() } catch { f() } } try { f() } catch {} return 1")]
    [InlineData("const o = { toString() { return '' + this } }; try { '' + o } catch { return 1 }")]
    public async Task Recursion_without_end_cannot_be_caught(string body) => await FailsAsync(ScriptFailure.StackLimit, body, Generous);

    [Fact]
    public async Task Recursion_of_ordinary_depth_is_fine() =>
        Assert.Equal("1000", await ScriptFolder.TextAsync("const f = n => n === 0 ? 0 : 1 + f(n - 1); return f(1000)"));

    [Theory]
    [InlineData("const a = []; while (true) a.push(new Uint8Array(1 << 20))")]
    [InlineData("const a = []; try { while (true) a.push(new Uint8Array(1 << 20)) } catch { return 1 }")]
    [InlineData("try { 'x'.repeat(2 ** 29) } catch { return 1 }")]
    public async Task Memory_without_end_cannot_be_caught(string body) =>
        await FailsAsync(ScriptFailure.MemoryLimit, body, Generous with { MemoryBytes = 24 << 20 });

    [Fact]
    public async Task Memory_below_the_limit_is_available() =>
        Assert.Equal("20", await ScriptFolder.TextAsync("const a = []; for (let i = 0; i < 20; i++) a.push(new Uint8Array(1 << 20)); return a.length"));

    [Fact]
    public async Task Too_many_calls_cannot_be_caught()
    {
        var handlers = new FakeHandlers().On("a", FakeHandlers.Json("1"));
        const string Body = "try { for (let i = 0; i < 4; i++) await host.call('a') } catch {} return 1";

        Assert.Equal(200, (await ScriptFolder.RunAsync(Body, handlers: handlers, limits: Generous with { MaxCalls = 4 })).Status);
        Assert.Equal(ScriptFailure.CallLimit, (await ScriptFolder.FailureAsync(Body, handlers: handlers, limits: Generous with { MaxCalls = 3 })).Failure);
    }

    [Theory]
    [InlineData("{ path: '/12345' }", null)]
    [InlineData("{ path: '/123456' }", "The path of a call has 7 characters; the limit is 6.")]
    [InlineData("{ headers: { ab: '12', c: '3' } }", null)]
    [InlineData("{ headers: { ab: '12', c: '34' } }", "The headers of a call have 7 characters; the limit is 6.")]
    [InlineData("{ headers: { 'content-type': '' }, body: '' }", "The headers of a call have 12 characters; the limit is 6.")]
    [InlineData("{ headers: { host: '' }, method: 'POST', body: 'long body' }", "The body of a call has 9 bytes; the limit is 6.")]
    public async Task Too_large_a_call_cannot_be_caught(string options, string? excess)
    {
        var handlers = new FakeHandlers().On("a", FakeHandlers.Json("1"));
        var limits = Generous with { MaxCallPathLength = 6, MaxCallHeaderLength = 6, MaxCallBodyBytes = 6 };
        var body = $"try {{ await host.call('a', {options}) }} catch {{}} return 1";

        if (excess is null)
        {
            Assert.Equal(200, (await ScriptFolder.RunAsync(body, handlers: handlers, limits: limits)).Status);
            return;
        }

        var failure = await ScriptFolder.FailureAsync(body, handlers: handlers, limits: limits);
        Assert.Equal((ScriptFailure.CallTooLarge, excess), (failure.Failure, failure.Message));
        Assert.Empty(handlers.Calls);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, ScriptFailure.CallDepth)]
    public async Task Scripts_that_call_one_another_too_deeply_cannot_catch_it(int depth, ScriptFailure? expected)
    {
        var handlers = new FakeHandlers().On("a", FakeHandlers.Json("1"));
        var request = ScriptFolder.Get() with { CallDepth = depth };
        const string Body = "try { await host.call('a') } catch {} return 1";

        var failure = await Record.ExceptionAsync(() => ScriptFolder.RunAsync(Body, request, handlers, limits: Generous with { MaxCallDepth = 2 }));

        Assert.Equal(expected, (failure as ScriptException)?.Failure);
    }

    [Theory]
    [InlineData("await new Promise(() => {})")]
    [InlineData("await host.call('never')")]
    [InlineData("await new Promise(r => setTimeout(r, 1e9))")]
    public async Task Waiting_too_long_ends_the_script(string body)
    {
        var never = new TaskCompletionSource<HandlerAnswer>();
        var handlers = new FakeHandlers().On("never", (_, _) => never.Task);
        var pending = body.Contains("new Promise(() =>", StringComparison.Ordinal) ? "host.call('never'); " : "";

        var failure = await ScriptFolder.FailureAsync(pending + body, handlers: handlers, limits: Generous with { WallTime = TimeSpan.FromMilliseconds(50) });

        Assert.Equal(ScriptFailure.Timeout, failure.Failure);
    }

    [Fact]
    public async Task Wall_time_also_ends_a_script_that_runs() =>
        await FailsAsync(ScriptFailure.Timeout, "while (true) {}", Generous with { WallTime = TimeSpan.FromMilliseconds(50) });

    [Theory]
    [InlineData("await new Promise(() => {})")]
    [InlineData("await host.call('a'); await { then() {} }")]
    public async Task Waiting_for_nothing_ends_the_script_at_once(string body)
    {
        var failure = await ScriptFolder.FailureAsync(body, handlers: new FakeHandlers().On("a", FakeHandlers.Json("1")));

        Assert.Equal(ScriptFailure.NeverAnswered, failure.Failure);
    }

    [Fact]
    public async Task Answers_may_not_be_too_large()
    {
        var limits = Generous with { MaxAnswerBytes = 10 };

        Assert.Equal("\"12345678\"", ScriptFolder.Text(await ScriptFolder.RunAsync("return '12345678'", limits: limits)));
        await FailsAsync(ScriptFailure.AnswerTooLarge, "return '123456789'", limits);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_script()
    {
        using var folder = new ScriptFolder();
        using var gone = new CancellationTokenSource();
        using var program = folder.Load("test.js", ScriptFolder.Wrap("host.call('leave'); while (true) {}"));
        var cancelled = new TaskCompletionSource();
        var handlers = new FakeHandlers().On("leave", async (_, token) =>
        {
            await using var registration = token.Register(cancelled.SetResult);
            await gone.CancelAsync();
            return FakeHandlers.Json("1");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => program.RunAsync(ScriptFolder.Get(), handlers, new FakeConsole(), Generous, gone.Token));

        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private static async Task FailsAsync(ScriptFailure expected, string body, ScriptLimits limits) =>
        Assert.Equal(expected, (await ScriptFolder.FailureAsync(body, limits: limits)).Failure);
}
