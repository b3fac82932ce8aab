using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Mik.Server.Admission;
using Mik.Server.Catalog;
using Mik.Server.Execution;
using Mik.Server.Faults;
using Mik.Server.Metrics;
using Mik.Server.Observability;
using Mik.Server.Pipeline;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Execution;

public sealed class HandlerRetryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServerMetrics _metrics = new();
    private readonly GuestThreads _threads = new(4, TimeSpan.FromSeconds(30), TimeProvider.System);
    private int _attempts;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _threads.Dispose();
        _metrics.Dispose();
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_failure_that_passes_is_not_seen(int status)
    {
        var outcome = await InvokeAsync(run => run.Answer("", ++_attempts < 3 ? status : 200), retries: 2);

        Assert.Equal(200, StatusOf(outcome));
        Assert.Equal(3, _attempts);
    }

    [Fact]
    public async Task A_missing_response_is_tried_again_and_each_attempt_counts_for_the_breaker()
    {
        var handler = Handler(_ => { _attempts++; return new HandlerEnd(HandlerEndKind.NoResponse); }, retries: 3, failures: 2);

        var outcome = await InvokeAsync(handler, Request("GET"));

        Assert.Equal(FaultKind.HandlerNoResponse, Assert.IsType<FailedOutcome>(outcome).Fault.Kind);
        Assert.Equal(2, _attempts);
        Assert.Equal(CircuitState.Open, handler.State.Breaker.State);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task What_would_be_the_same_again_is_not_tried_again(int status)
    {
        var outcome = await InvokeAsync(run => { _attempts++; return run.Answer("", status); }, retries: 3);

        Assert.Equal(status, StatusOf(outcome));
        Assert.Equal(1, _attempts);
    }

    [Fact]
    public async Task The_last_attempt_s_answer_is_the_answer()
    {
        var outcome = await InvokeAsync(run => run.Answer((++_attempts).ToString(System.Globalization.CultureInfo.InvariantCulture), 503), retries: 2);

        Assert.Equal(503, StatusOf(outcome));
        Assert.Equal(3, _attempts);
    }

    [Theory]
    [InlineData("GET", false, true)]
    [InlineData("HEAD", false, true)]
    [InlineData("OPTIONS", false, true)]
    [InlineData("PUT", true, true)]
    [InlineData("DELETE", false, true)]
    [InlineData("POST", false, false)]
    [InlineData("PATCH", false, false)]
    [InlineData("get", false, false)]
    public void Only_what_may_be_repeated_is(string method, bool hasBody, bool isAllowed)
    {
        Assert.Equal(isAllowed, HandlerRetry.Allows(Request(method, hasBody ? new MemoryStream([1]) : null)));
    }

    [Fact]
    public void A_body_that_is_used_up_cannot_be_sent_again()
    {
        Assert.False(HandlerRetry.Allows(Request("PUT", new RequestBody(new MemoryStream(), 10))));
    }

    [Fact]
    public async Task A_body_that_is_still_there_is_sent_again_from_its_beginning()
    {
        var bodies = new List<int>();
        await InvokeAsync(
            Handler(run => { bodies.Add(run.ReadBody().Length); return run.Answer("", ++_attempts < 2 ? 503 : 200); }, retries: 1),
            Request("PUT", new MemoryStream([1, 2, 3])));

        Assert.Equal([3, 3], bodies);
    }

    [Fact]
    public async Task Waits_grow_are_jittered_and_end_before_the_time_is_up()
    {
        // The waits take 0.25 to 0.5 s and 0.5 to 1 s of the two seconds; a third of 1 to 2 s does not fit any more.
        var retry = new HandlerRetry(
            (_, _, _) =>
            {
                _attempts++;
                return Task.FromResult<Outcome>(new FailedOutcome(new Fault(FaultKind.HandlerNoResponse, "")));
            },
            _time,
            new Random(1),
            NullLogger.Instance);
        var outcome = retry.InvokeAsync(
            Handler(static run => run.Answer(""), retries: 10, backoff: 500, timeoutSecs: 2), Request("GET"), Cancellation);
        while (!outcome.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        Assert.Equal(FaultKind.HandlerNoResponse, Assert.IsType<FailedOutcome>(await outcome).Fault.Kind);
        Assert.InRange(_attempts, 2, 3);
        var rule = new RetryRule(3, TimeSpan.FromMilliseconds(100));
        Assert.Equal(TimeSpan.FromMilliseconds(50), rule.DelayAfter(1, 0));
        Assert.Equal(TimeSpan.FromMilliseconds(100), rule.DelayAfter(1, 1));
        Assert.Equal(TimeSpan.FromMilliseconds(300), rule.DelayAfter(3, 0.5));
    }

    private static int StatusOf(Outcome outcome) => Assert.IsType<StreamingOutcome>(outcome).Response.Status;

    private static HandlerRequest Request(string method, Stream? body = null) => new()
    {
        Method = method,
        PathAndQuery = "/",
        Authority = "localhost",
        Headers = [],
        Body = body ?? Stream.Null,
        RequestId = "r-1",
        Trace = TraceContext.From(null),
    };

    private HandlerEntry Handler(Func<FakeRun, HandlerEnd> guest, int retries, int failures = 100, int backoff = 0, int timeoutSecs = 30) => new(
        "guest",
        new FakeHandler(guest),
        LoadFailure: null,
        new HandlerState(
            "guest",
            new HandlerSettings(1, TimeSpan.FromSeconds(timeoutSecs), new RetryRule(retries, TimeSpan.FromMilliseconds(backoff))),
            new CircuitBreaker(new CircuitBreakerRule(failures, TimeSpan.FromSeconds(30), 1), _time)));

    private Task<Outcome> InvokeAsync(Func<FakeRun, HandlerEnd> guest, int retries) => InvokeAsync(Handler(guest, retries), Request("GET"));

    // Without waits between attempts, the clock stands still.
    private Task<Outcome> InvokeAsync(HandlerEntry handler, HandlerRequest request) =>
        new HandlerInvoker(_threads, _metrics, _time, NullLogger.Instance)
            .InvokeAsync(handler, request, static () => new Fault(FaultKind.ClientGone, ""), Cancellation);
}
