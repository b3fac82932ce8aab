using Mik.Wasi.Io;

namespace Mik.Wasi.Clocks;

/// <summary>Becomes ready at an instant of the monotonic clock.</summary>
internal sealed class TimerPollable(WasiContext context, ulong instant) : Pollable(context)
{
    // Later than any process lives, and within what timers accept.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private ITimer? _timer;

    public override bool IsReady => MonotonicClock.Now(Context) >= instant;

    public override void Arm()
    {
        var now = MonotonicClock.Now(Context);
        if (now >= instant)
        {
            return;
        }

        // Timers count whole milliseconds and may round down; an early wake-up looks at the clock and comes here again.
        var milliseconds = Math.Min((instant - now + 999_999) / 1_000_000, (ulong)LongestSleep.TotalMilliseconds);
        var due = TimeSpan.FromMilliseconds(milliseconds);
        if (_timer is null)
        {
            _timer = Context.TimeProvider.CreateTimer(
                static state => ((WakeUp)state!).Signal(), Context.WakeUp, due, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    protected override void OnDrop() => _timer?.Dispose();
}
