using Microsoft.Extensions.Time.Testing;
using Mik.Server.Admission;
using Xunit;

namespace Mik.Server.Tests.Admission;

public sealed class CircuitBreakerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Consecutive_failures_open_it()
    {
        var breaker = Create(failures: 3);

        Call(breaker, CallVerdict.Failed);
        Call(breaker, CallVerdict.Failed);
        Call(breaker, CallVerdict.Succeeded);
        Call(breaker, CallVerdict.Failed);
        Call(breaker, CallVerdict.Failed);
        Assert.Equal(CircuitState.Closed, breaker.State);
        Call(breaker, CallVerdict.Failed);

        Assert.Equal(CircuitState.Open, breaker.State);
    }

    [Fact]
    public void What_says_nothing_about_the_handler_counts_neither_way()
    {
        var breaker = Create(failures: 2);

        Call(breaker, CallVerdict.Failed);
        Call(breaker, CallVerdict.Unknown);
        Call(breaker, CallVerdict.Failed);

        Assert.Equal(CircuitState.Open, breaker.State);
    }

    [Fact]
    public void Open_circuit_refuses_until_the_break_elapses()
    {
        var breaker = Create(failures: 1, openSecs: 30);
        Call(breaker, CallVerdict.Failed);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(breaker.TryEnter(out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(20), retryAfter);
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(CircuitState.HalfOpen, breaker.State);
        Assert.True(breaker.TryEnter(out _, out _));
    }

    [Fact]
    public void A_probe_s_success_closes_it()
    {
        var breaker = HalfOpen();

        Assert.True(Call(breaker, CallVerdict.Succeeded));

        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    [Fact]
    public void A_probe_s_failure_begins_another_break()
    {
        var breaker = HalfOpen();

        Assert.True(Call(breaker, CallVerdict.Failed));

        Assert.False(breaker.TryEnter(out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(30), retryAfter);
    }

    [Fact]
    public void Only_so_many_probes_are_out_at_a_time_and_all_must_succeed()
    {
        var breaker = HalfOpen(probes: 2);

        Assert.True(breaker.TryEnter(out var first, out _));
        Assert.True(breaker.TryEnter(out var second, out _));
        Assert.False(breaker.TryEnter(out _, out var retryAfter));
        Assert.True(retryAfter > TimeSpan.Zero);
        breaker.Report(first, CallVerdict.Succeeded);
        Assert.Equal(CircuitState.HalfOpen, breaker.State);
        breaker.Report(second, CallVerdict.Succeeded);

        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    [Fact]
    public void A_probe_that_taught_nothing_makes_room_for_another()
    {
        var breaker = HalfOpen();

        Call(breaker, CallVerdict.Unknown);

        Assert.True(breaker.TryEnter(out _, out _));
    }

    [Fact]
    public void Another_rule_counts_from_where_it_stands()
    {
        var breaker = Create(failures: 5, openSecs: 30);
        Call(breaker, CallVerdict.Failed);

        breaker.Follow(new CircuitBreakerRule(2, TimeSpan.FromSeconds(5), 1));
        Call(breaker, CallVerdict.Failed);

        Assert.False(breaker.TryEnter(out _, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(5), retryAfter);
    }

    [Fact]
    public void Late_verdicts_change_nothing()
    {
        var breaker = Create(failures: 1, openSecs: 30);
        breaker.TryEnter(out var lateSuccess, out _);
        breaker.TryEnter(out var lateFailure, out _);
        Call(breaker, CallVerdict.Failed);

        Assert.False(breaker.Report(lateSuccess, CallVerdict.Succeeded));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.False(breaker.Report(lateFailure, CallVerdict.Failed));

        Assert.Equal(CircuitState.Open, breaker.State);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(breaker.TryEnter(out _, out _));
    }

    [Fact]
    public void Hammer_never_has_two_probes_out_and_always_recovers()
    {
        var breaker = HalfOpen();
        var probesOut = 0;
        var tooMany = 0;
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                // Only Unknown verdicts: the breaker stays half-open, so that every ticket is a probe.
                if (breaker.TryEnter(out var probe, out var _))
                {
                    tooMany += Interlocked.Increment(ref probesOut) > 1 ? 1 : 0;
                    Interlocked.Decrement(ref probesOut);
                    breaker.Report(probe, CallVerdict.Unknown);
                }
            }
        });
        Parallel.For(0, 4, worker =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                if (breaker.TryEnter(out var ticket, out var _))
                {
                    breaker.Report(ticket, (i + worker) % 7 == 0 ? CallVerdict.Succeeded : CallVerdict.Failed);
                }
                else
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                }
            }
        });

        Assert.Equal(0, tooMany);
        _time.Advance(TimeSpan.FromSeconds(30));
        Call(breaker, CallVerdict.Succeeded);
        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    private static bool Call(CircuitBreaker breaker, CallVerdict verdict)
    {
        Assert.True(breaker.TryEnter(out var ticket, out _));
        return breaker.Report(ticket, verdict);
    }

    private CircuitBreaker Create(int failures, int openSecs = 30, int probes = 1) =>
        new(new CircuitBreakerRule(failures, TimeSpan.FromSeconds(openSecs), probes), _time);

    private CircuitBreaker HalfOpen(int probes = 1)
    {
        var breaker = Create(failures: 1, probes: probes);
        Call(breaker, CallVerdict.Failed);
        _time.Advance(TimeSpan.FromSeconds(30));
        return breaker;
    }
}
