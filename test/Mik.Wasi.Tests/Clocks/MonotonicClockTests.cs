using Microsoft.Extensions.Time.Testing;
using Mik.Components.Runtime;

namespace Mik.Wasi.Tests.Clocks;

public sealed class MonotonicClockTests
{
    [Fact]
    public void Now_counts_nanoseconds_whatever_the_clock_ticks_in()
    {
        var time = new OddClock();
        using var guest = new Guest(new WasiContext { TimeProvider = time });
        var before = guest.Call("wasi:clocks/monotonic-clock#now").AsU64;

        time.Ticks += 7 * OddClock.Frequency;

        Assert.Equal(7_000_000_000UL, guest.Call("wasi:clocks/monotonic-clock#now").AsU64 - before);
        Assert.Equal(333UL, guest.Call("wasi:clocks/monotonic-clock#resolution").AsU64);
    }

    [Fact]
    public void A_timer_is_ready_at_its_instant_and_not_before()
    {
        var time = new FakeTimeProvider();
        using var guest = new Guest(new WasiContext { TimeProvider = time });
        var now = guest.Call("wasi:clocks/monotonic-clock#now").AsU64;
        var timer = guest.Call("wasi:clocks/monotonic-clock#subscribe-instant", ComponentValue.U64(now + 1_000_000));

        Assert.False(guest.Call("wasi:io/poll#[method]pollable.ready", timer).AsBool);
        time.Advance(TimeSpan.FromTicks(9_999));
        Assert.False(guest.Call("wasi:io/poll#[method]pollable.ready", timer).AsBool);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.True(guest.Call("wasi:io/poll#[method]pollable.ready", timer).AsBool);
        Guest.Drop(timer);
    }

    [Fact]
    public void A_duration_past_the_end_of_time_does_not_wrap()
    {
        using var guest = new Guest(new WasiContext { TimeProvider = new FakeTimeProvider() });
        var timer = guest.Call("wasi:clocks/monotonic-clock#subscribe-duration", ComponentValue.U64(ulong.MaxValue));

        Assert.False(guest.Call("wasi:io/poll#[method]pollable.ready", timer).AsBool);
    }

    private sealed class OddClock : TimeProvider
    {
        public const long Frequency = 3_000_000;

        public long Ticks { get; set; } = 12_345;

        public override long TimestampFrequency => Frequency;

        public override long GetTimestamp() => Ticks;
    }
}
