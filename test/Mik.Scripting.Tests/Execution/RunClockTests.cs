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

    [Fact]
    public void A_script_is_stopped_when_its_thread_has_used_the_time()
    {
        _clock.Enter();

        Pass(Second, used: Second);

        Assert.Equal((StopReason.CpuTime, true), (_clock.Reason, _store.IsInterrupted));
    }

    [Fact]
    public void A_script_that_got_half_a_processor_has_twice_the_time()
    {
        _clock.Enter();

        Pass(Second, used: Second / 2);
        Assert.Equal((StopReason.None, false), (_clock.Reason, _store.IsInterrupted));

        Pass(Second / 2, used: Second / 4);
        Assert.Equal(StopReason.None, _clock.Reason);

        Pass(Second / 4, used: Second / 4);
        Assert.Equal((StopReason.CpuTime, true), (_clock.Reason, _store.IsInterrupted));
    }

    [Fact]
    public void A_script_without_a_processor_is_watched_until_it_gets_one()
    {
        _clock.Enter();

        Pass(10 * Second, used: TimeSpan.Zero);
        Assert.Equal(StopReason.None, _clock.Reason);

        Pass(Second, used: Second);
        Assert.Equal(StopReason.CpuTime, _clock.Reason);
    }

    [Fact]
    public void Remainders_too_short_for_a_timer_are_watched_too()
    {
        _clock.Enter();

        Pass(Second, used: Second - TimeSpan.FromTicks(1));
        Assert.Equal(StopReason.None, _clock.Reason);

        Pass(TimeSpan.FromMilliseconds(1), used: TimeSpan.FromTicks(1));
        Assert.Equal(StopReason.CpuTime, _clock.Reason);
    }

    [Fact]
    public void Only_what_is_used_inside_counts()
    {
        _clock.Enter();
        Pass(Second / 2, used: Second / 2);
        _clock.Leave();
        Pass(10 * Second, used: 10 * Second);

        Assert.True(_clock.Enter());
        Pass(Second / 4, used: Second / 4);
        Assert.Equal(StopReason.None, _clock.Reason);

        Pass(Second / 4, used: Second / 4);
        Assert.Equal((StopReason.CpuTime, true), (_clock.Reason, _store.IsInterrupted));
    }

    [Fact]
    public void A_script_that_used_its_time_unwatched_may_not_run_again()
    {
        _clock.Enter();
        _cpu.Used += Second;
        _clock.Leave();

        Assert.False(_clock.Enter());
        Assert.Equal((StopReason.CpuTime, false), (_clock.Reason, _store.IsInterrupted));
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
        Pass(Second, used: Second);

        Assert.Equal((StopReason.WallTime, true), (_clock.Reason, _store.IsInterrupted));
    }

    private void Pass(TimeSpan time, TimeSpan used)
    {
        _cpu.Used += used;
        _time.Advance(time);
    }

    private sealed class FakeCpu : CpuClock
    {
        public TimeSpan Used { get; set; }

        public override int NameThread() => 7;

        public override TimeSpan Read(int thread) => Used;
    }
}
