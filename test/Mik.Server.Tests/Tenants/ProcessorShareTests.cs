using Microsoft.Extensions.Time.Testing;
using Mik.Server.Tenants;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Tenants;

public sealed class ProcessorShareTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCpuClock _cpu = new();
    private readonly ProcessorShare _share;

    public ProcessorShareTests() => _share = new ProcessorShare(Second, _time, _cpu);

    public void Dispose() => _share.Dispose();

    [Fact]
    public void What_was_used_is_gone_and_comes_back_with_time()
    {
        Run(0, TimeSpan.FromMilliseconds(1500));

        Assert.False(_share.HasTime(out var retryAfter));
        Assert.Equal(TimeSpan.FromMilliseconds(500) + ProcessorShare.LookInterval, retryAfter);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.True(_share.HasTime(out _));
    }

    [Fact]
    public void No_more_than_a_second_s_worth_is_saved_up()
    {
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(Second, _share.Balance);
    }

    [Fact]
    public void A_guest_that_only_waits_uses_nothing()
    {
        _share.Begin(this, () => Assert.Fail("stopped"));
        _time.Advance(TimeSpan.FromMinutes(1));
        _share.End(this);

        Assert.Equal(Second, _share.Balance);
    }

    [Fact]
    public void One_that_spins_is_stopped_when_two_seconds_worth_are_overdrawn_and_not_before()
    {
        var stopped = false;
        _share.Begin(this, () => stopped = true);

        // Two processors' worth, so that one second's worth is missing in each second.
        Spin(TimeSpan.FromMilliseconds(1900), 0, 0);
        Assert.False(stopped);
        Spin(TimeSpan.FromMilliseconds(200), 0, 0);
        Assert.True(stopped);
    }

    [Fact]
    public void Within_the_rate_nobody_is_ever_stopped()
    {
        _share.Begin(this, () => Assert.Fail("stopped"));

        Spin(TimeSpan.FromMinutes(1), 0);
    }

    [Fact]
    public void The_greedier_half_goes_first_and_whoever_waits_stays()
    {
        var stopped = new List<string>();
        object greedy = "greedy", modest = "modest", waiting = "waiting";
        _share.Begin(greedy, () => stopped.Add("greedy"));
        _share.Begin(modest, () => stopped.Add("modest"));
        _share.Begin(waiting, () => stopped.Add("waiting"));

        while (stopped.Count == 0)
        {
            Spin(ProcessorShare.LookInterval, 0, 0, 1);
        }

        Assert.Equal(["greedy"], stopped);
        _share.End(greedy);
        Spin(TimeSpan.FromSeconds(5), 1, 1);
        Assert.Equal(["greedy", "modest"], stopped.Distinct());
    }

    [Fact]
    public void However_many_spin_all_are_stopped_within_a_few_looks()
    {
        const int Guests = 64;
        var inside = new HashSet<int>();
        for (var i = 0; i < Guests; i++)
        {
            var (guest, key) = (i, new object());
            inside.Add(guest);
            _share.Begin(key, () => inside.Remove(guest));
        }

        for (var look = 0; look < 60 && inside.Count > 0; look++)
        {
            // What two processors give, in turns.
            Spin(ProcessorShare.LookInterval, [.. inside.Take(2)]);
        }

        Assert.True(_share.Balance > TimeSpan.FromSeconds(-3), $"{_share.Balance}");
    }

    [Fact]
    public void Work_that_cannot_be_stopped_is_paid_for_all_the_same()
    {
        _share.Begin(this, stop: null);
        _cpu.Use(0, TimeSpan.FromSeconds(10));
        _time.Advance(ProcessorShare.LookInterval);
        _share.End(this);

        Assert.InRange(_share.Balance, TimeSpan.FromSeconds(-9), TimeSpan.FromSeconds(-8.9));
        Assert.False(_share.IsRested);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_share.IsRested);
    }

    private void Run(int thread, TimeSpan used)
    {
        _share.Begin(this, static () => { });
        _cpu.Use(thread, used);
        _share.End(this);
    }

    // Each mention of a thread is a processor that it gets all the while.
    private void Spin(TimeSpan time, params int[] threads)
    {
        var step = TimeSpan.FromMilliseconds(10);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            foreach (var thread in threads)
            {
                _cpu.Use(thread, step);
            }

            _time.Advance(step);
        }
    }
}
