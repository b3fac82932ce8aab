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

public sealed class HandlerExecutionTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServerMetrics _metrics = new();
    private readonly GuestThreads _threads = new(4, TimeSpan.FromMinutes(1), TimeProvider.System);
    private readonly HandlerState _state;
    private readonly HandlerInvoker _invoker;

    public HandlerExecutionTests()
    {
        var rule = new CircuitBreakerRule(Failures: 1, TimeSpan.FromSeconds(30), HalfOpenProbes: 1);
        _state = new HandlerState("guest", new HandlerSettings(1, TimeSpan.FromSeconds(10), default), new CircuitBreaker(rule, _time));
        _invoker = new HandlerInvoker(_threads, _metrics, _time, NullLogger.Instance);
    }

    public void Dispose()
    {
        _threads.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_deadline_ends_the_guest_and_counts_against_the_handler()
    {
        var entered = new TaskCompletionSource();
        var outcome = Invoke(run =>
        {
            entered.SetResult();
            return run.WaitForStop();
        });
        await entered.Task;

        _time.Advance(TimeSpan.FromSeconds(10));

        var failed = Assert.IsType<FailedOutcome>(await outcome);
        Assert.Equal(FaultKind.HandlerTimedOut, failed.Fault.Kind);
        Assert.Equal(CircuitState.Open, _state.Breaker.State);
        await failed.Execution!.Completed;
        Assert.Equal(0, _state.Concurrency.Inside);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_guest_and_proves_nothing()
    {
        using var gone = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        var outcome = InvokeUntil(
            run =>
            {
                entered.SetResult();
                return run.WaitForStop();
            },
            gone.Token);
        await entered.Task;

        await gone.CancelAsync();

        Assert.Equal(FaultKind.ClientGone, Assert.IsType<FailedOutcome>(await outcome).Fault.Kind);
        Assert.Equal(CircuitState.Closed, _state.Breaker.State);
    }

    [Fact]
    public async Task A_deadline_that_passes_while_the_client_does_not_read_is_the_client_s_fault()
    {
        var streaming = Assert.IsType<StreamingOutcome>(await Invoke(run =>
        {
            run.Start();
            return run.WaitForStop();
        }));

        streaming.Run.WaitingForReader = true;
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(FaultKind.ClientGone, (await streaming.Run.Completed)?.Kind);
        Assert.Equal(CircuitState.Closed, _state.Breaker.State);
    }

    [Fact]
    public async Task Nobody_s_leaving_stops_a_guest_whose_answer_is_complete()
    {
        using var gone = new CancellationTokenSource();
        using var goOn = new SemaphoreSlim(0);
        var streaming = Assert.IsType<StreamingOutcome>(await InvokeUntil(
            run =>
            {
                run.Answer("whole");
                goOn.Wait(CancellationToken.None);
                return new HandlerEnd(run.Stop.IsCancellationRequested ? HandlerEndKind.Stopped : HandlerEndKind.Answered);
            },
            gone.Token));

        streaming.Run.Detach();
        await gone.CancelAsync();
        goOn.Release();

        Assert.Null(await streaming.Run.Completed);
    }

    [Fact]
    public async Task A_handler_at_its_limit_refuses_without_touching_its_breaker()
    {
        using var goOn = new SemaphoreSlim(0);
        var first = Invoke(run =>
        {
            goOn.Wait(CancellationToken.None);
            return run.Answer("");
        });

        var refused = Assert.IsType<FailedOutcome>(await Invoke(run => run.Answer("")));
        goOn.Release();

        Assert.Equal(FaultKind.HandlerSaturated, refused.Fault.Kind);
        Assert.NotNull(refused.Fault.RetryAfter);
        Assert.IsType<StreamingOutcome>(await first);
        Assert.Equal(CircuitState.Closed, _state.Breaker.State);
    }

    [Fact]
    public async Task A_failure_after_the_answer_still_counts()
    {
        var streaming = Assert.IsType<StreamingOutcome>(await Invoke(run =>
        {
            run.Answer("whole");
            return new HandlerEnd(HandlerEndKind.Trapped, "late");
        }));

        Assert.Equal(FaultKind.HandlerTrapped, (await streaming.Run.Completed)?.Kind);
        Assert.Equal(CircuitState.Open, _state.Breaker.State);
    }

    [Fact]
    public async Task Our_own_failure_is_not_the_handler_s()
    {
        var failed = Assert.IsType<FailedOutcome>(await Invoke(_ => throw new InvalidOperationException("ours")));

        Assert.Equal(FaultKind.HostFailed, failed.Fault.Kind);
        Assert.Equal(CircuitState.Closed, _state.Breaker.State);
    }

    private Task<Outcome> Invoke(Func<FakeRun, HandlerEnd> guest) => InvokeUntil(guest, CancellationToken.None);

    private Task<Outcome> InvokeUntil(Func<FakeRun, HandlerEnd> guest, CancellationToken gone)
    {
        var entry = new HandlerEntry("guest", new FakeHandler(guest), LoadFailure: null, _state);
        var request = new HandlerRequest
        {
            Trace = TraceContext.From(null),
            Method = "GET",
            PathAndQuery = "/",
            Authority = "localhost",
            Headers = [],
            Body = Stream.Null,
            RequestId = "r-1",
        };
        return _invoker.InvokeAsync(entry, request, static () => new Fault(FaultKind.ClientGone, ""), gone);
    }
}
