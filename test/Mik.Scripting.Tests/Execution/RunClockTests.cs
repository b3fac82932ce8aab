using Microsoft.Extensions.Time.Testing;
using Mik.Scripting.Execution;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Scripting.Tests.Execution;

public sealed class RunClockTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Store _store = new(new Engine());
    private readonly FakeTimeProvider _time = new();
    private readonly FakeCpu _cpu = new();
    private readonly RunClock _clock;

    public RunClockTests() => _clock = new RunClock(_store, _time, _cpu, Second);

    public void Dispose()
    {
        _clock.Dispose();
        _store.Dispose();
    }

    [Theory]
    [InlineData(1.0, 1000)]
    [InlineData(0.5, 1990)]
    [InlineData(0.25, 3970)]
    public void A_script_has_the_longer_the_less_of_a_processor_it_gets(double share, int milliseconds)
    {
        _clock.Enter();

        Pass(milliseconds - 20, share);
        Assert.Equal((StopReason.None, false), (_clock.Reason, _store.IsInterrupted));

        Pass(40, share);
        Assert.Equal((StopReason.CpuTime, true), (_clock.Reason, _store.IsInterrupted));
    }

    [Fact]
    public void A_script_without_a_processor_is_watched_until_it_gets_one()
    {
        _clock.Enter();

        Pass(10_000, share: 0);
        Assert.Equal(StopReason.None, _clock.Reason);

        Pass(1000, share: 1);
        Assert.Equal(StopReason.CpuTime, _clock.Reason);
    }

    [Fact]
    public void Only_what_is_used_inside_counts()
    {
        _clock.Enter();
        Pass(500, share: 1);
        _clock.Leave();
        Pass(10_000, share: 1);

        Assert.True(_clock.Enter());
        Pass(480, share: 1);
        Assert.Equal(StopReason.None, _clock.Reason);

        Pass(40, share: 1);
        Assert.Equal((StopReason.CpuTime, true), (_clock.Reason, _store.IsInterrupted));
    }

    [Fact]
    public void What_was_used_is_known_entry_by_entry()
    {
        _clock.Enter();
        Pass(100, share: 1);
        _clock.Renew(Second);
        Pass(50, share: 0.5);
        Assert.Equal(TimeSpan.FromMilliseconds(100), _clock.TotalUsed);
        _clock.Leave();
        Pass(10_000, share: 1);

        Assert.InRange(_clock.TotalUsed, TimeSpan.FromMilliseconds(125), TimeSpan.FromMilliseconds(135));
    }

    [Fact]
    public void Renewed_time_counts_from_then_on_whatever_was_used_before()
    {
        _clock.Enter();
        Pass(900, share: 1);
        _clock.Renew(2 * Second);

        Pass(1980, share: 1);
        Assert.Equal(StopReason.None, _clock.Reason);

        Pass(40, share: 1);
        Assert.Equal((StopReason.CpuTime, true), (_clock.Reason, _store.IsInterrupted));
    }

    [Fact]
    public void Short_entries_add_up()
    {
        var entries = 0;
        while (_clock.Enter())
        {
            Pass(4, share: 1);
            _clock.Leave();
            entries++;
        }

        Assert.InRange(entries, 249, 251);
        Assert.Equal(StopReason.CpuTime, _clock.Reason);
    }

    [Fact]
    public void A_watchdog_that_was_to_come_late_comes_in_time_for_the_next_entry()
    {
        // Looked at once, and to be looked at again when all the rest of the second may be used up.
        _clock.Enter();
        Pass(15, share: 1);
        _clock.Leave();

        Assert.True(_clock.Enter());
        Pass(700, share: 1);
        _clock.Leave();

        Assert.InRange(_clock.TotalUsed, TimeSpan.FromMilliseconds(705), TimeSpan.FromMilliseconds(725));
    }

    [Fact]
    public void A_watchdog_that_an_earlier_entry_set_stops_nobody_too_early()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.True(_clock.Enter());
            Pass(7, share: 1);
            _clock.Leave();
            Pass(2, share: 1);
        }

        Assert.Equal((StopReason.None, false), (_clock.Reason, _store.IsInterrupted));
        Assert.InRange(_clock.TotalUsed, TimeSpan.FromMilliseconds(139), TimeSpan.FromMilliseconds(141));
    }

    [Fact]
    public void Entries_that_a_busy_machine_stretches_cost_little()
    {
        for (var i = 0; i < 50; i++)
        {
            Assert.True(_clock.Enter());
            Pass(1000, share: 0);
            _clock.Leave();
        }
    }

    [Fact]
    public void Stopping_from_outside_interrupts_only_what_runs()
    {
        _clock.Stop(StopReason.Cancelled);

        Assert.False(_store.IsInterrupted);
        Assert.False(_clock.Enter());
        _clock.Leave();
        Assert.Equal(StopReason.Cancelled, _clock.Reason);
    }

    [Fact]
    public void The_first_reason_counts()
    {
        _clock.Enter();
        _clock.Stop(StopReason.WallTime);
        Pass(1000, share: 1);

        Assert.Equal((StopReason.WallTime, true), (_clock.Reason, _store.IsInterrupted));
    }

    // The share is that of a processor which the script's thread gets meanwhile.
    private void Pass(int milliseconds, double share)
    {
        for (var i = 0; i < milliseconds; i++)
        {
            _cpu.Used += TimeSpan.FromMilliseconds(share);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    private sealed class FakeCpu : CpuClock
    {
        public TimeSpan Used { get; set; }

        public override int NameThread() => 7;

        public override TimeSpan Read(int thread) => Used;
    }
}
