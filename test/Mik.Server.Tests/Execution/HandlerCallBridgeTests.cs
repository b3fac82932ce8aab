using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Mik.Scripting;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Tests.Fakes;
using Mik.Wasi.Http;
using Xunit;

namespace Mik.Server.Tests.Execution;

public sealed class HandlerCallBridgeTests : IDisposable
{
    private const int MaxAnswerBytes = 100;

    private readonly FakeTimeProvider _time = new();
    private readonly ServerMetrics _metrics = new();
    private readonly GuestThreads _threads = new(4, TimeSpan.FromMinutes(1), TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _threads.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Any_status_is_an_answer()
    {
        var bridge = Bridge(run => run.Answer($"{run.Request.Method} {run.Request.PathAndQuery}", 503, new HttpField("x-a", "1"), new HttpField("x-a", "2")));

        var answer = await bridge.CallAsync(Call(), Cancellation);

        Assert.Equal(503, answer.Status);
        Assert.Equal([new ScriptHeader("x-a", "1"), new ScriptHeader("x-a", "2")], answer.Headers);
        Assert.Equal("PUT /path?q", Encoding.UTF8.GetString(answer.Body.Span));
    }

    [Theory]
    [InlineData("Trapped")]
    [InlineData("OutOfMemory")]
    [InlineData("NoResponse")]
    public async Task A_handler_that_ends_badly_is_a_handler_error(string end)
    {
        var failure = await FailAsync(Bridge(_ => new HandlerEnd(Enum.Parse<HandlerEndKind>(end))), Call());

        Assert.Equal(HandlerCallCode.HandlerError, failure.Code);
        Assert.Equal("orders", failure.Handler);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_a_handler_error()
    {
        var bridge = Bridge(run =>
        {
            var body = run.Start();
            body.Write("half");
            body.Abort();
            return new HandlerEnd(HandlerEndKind.Trapped);
        });

        Assert.Equal(HandlerCallCode.HandlerError, (await FailAsync(bridge, Call())).Code);
    }

    [Theory]
    [InlineData(MaxAnswerBytes, false)]
    [InlineData(MaxAnswerBytes + 1, true)]
    public async Task An_answer_larger_than_a_script_may_have_is_a_handler_error(int length, bool fails)
    {
        var bridge = Bridge(run => run.Answer(new string('a', length)));

        if (fails)
        {
            Assert.Equal(HandlerCallCode.HandlerError, (await FailAsync(bridge, Call())).Code);
        }
        else
        {
            Assert.Equal(length, (await bridge.CallAsync(Call(), Cancellation)).Body.Length);
        }
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        var failure = await FailAsync(Bridge(run => run.Answer("")), Call() with { Handler = "absent" });

        Assert.Equal(HandlerCallCode.ModuleNotFound, failure.Code);
    }

    [Fact]
    public async Task An_open_circuit_says_when_to_come_back()
    {
        var bridge = Bridge(_ => new HandlerEnd(HandlerEndKind.Trapped));
        await FailAsync(bridge, Call());

        var failure = await FailAsync(bridge, Call());

        Assert.Equal(HandlerCallCode.CircuitOpen, failure.Code);
        Assert.Equal(TimeSpan.FromSeconds(30), failure.RetryAfter);
    }

    [Fact]
    public async Task A_handler_at_its_limit_is_rate_limited()
    {
        using var goOn = new SemaphoreSlim(0);
        var bridge = Bridge(run =>
        {
            goOn.Wait(CancellationToken.None);
            return run.Answer("");
        });
        var first = bridge.CallAsync(Call(), Cancellation);

        Assert.Equal(HandlerCallCode.RateLimited, (await FailAsync(bridge, Call())).Code);
        goOn.Release();
        await first;
    }

    [Fact]
    public async Task The_call_s_own_timeout_ends_the_guest_but_is_not_held_against_it()
    {
        var state = State();
        var entered = new TaskCompletionSource();
        var bridge = Bridge(
            run =>
            {
                entered.TrySetResult();
                return run.WaitForStop();
            },
            state);
        var call = FailAsync(bridge, Call() with { Timeout = TimeSpan.FromSeconds(2) });
        await entered.Task;

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(HandlerCallCode.Timeout, (await call).Code);
        Assert.Equal(CircuitState.Closed, state.Breaker.State);
    }

    [Fact]
    public async Task The_handler_s_deadline_is_a_timeout_that_counts()
    {
        var state = State();
        var entered = new TaskCompletionSource();
        var bridge = Bridge(
            run =>
            {
                entered.TrySetResult();
                return run.WaitForStop();
            },
            state);
        var call = FailAsync(bridge, Call());
        await entered.Task;

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(HandlerCallCode.Timeout, (await call).Code);
        Assert.Equal(CircuitState.Open, state.Breaker.State);
    }

    [Fact]
    public async Task A_script_that_ends_cancels_its_calls()
    {
        using var over = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        var bridge = Bridge(run =>
        {
            entered.TrySetResult();
            return run.WaitForStop();
        });
        var call = bridge.CallAsync(Call(), over.Token);
        await entered.Task;

        await over.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private static HandlerCall Call() => new("orders", "PUT", "/path?q", [], default, HasBody: false, Timeout: null);

    private static Task<HandlerCallException> FailAsync(HandlerCallBridge bridge, HandlerCall call) =>
        Assert.ThrowsAsync<HandlerCallException>(() => bridge.CallAsync(call, Cancellation));

    private HandlerState State()
    {
        var rule = new CircuitBreakerRule(Failures: 1, TimeSpan.FromSeconds(30), HalfOpenProbes: 1);
        return new HandlerState("orders", new HandlerSettings(1, TimeSpan.FromSeconds(10), default), new CircuitBreaker(rule, _time));
    }

    private HandlerCallBridge Bridge(Func<FakeRun, HandlerEnd> guest, HandlerState? state = null)
    {
        var entry = new HandlerEntry("orders", new FakeHandler(guest), LoadFailure: null, state ?? State());
        var invoker = new HandlerInvoker(_threads, _metrics, _time, NullLogger.Instance);
        return new HandlerCallBridge(invoker, new HandlerCatalog([entry]), "r-1", TraceContext.From(null), 0, MaxAnswerBytes, _metrics, new CallLog(), _time);
    }
}
