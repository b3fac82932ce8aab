using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasi.Io;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Clocks;

/// <summary>A clock that never goes back. wit: wasi:clocks/monotonic-clock</summary>
internal static class MonotonicClock
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    public static WasiInterface Interface { get; } = new WasiInterface("wasi:clocks/monotonic-clock")
        .Func("now", Now, U64)
        .Func("resolution", Resolution, U64)
        .Func("subscribe-instant", SubscribeInstant, Own(Pollable.Type), new WitField("when", U64))
        .Func("subscribe-duration", SubscribeDuration, Own(Pollable.Type), new WitField("when", U64));

    /// <summary>Nanoseconds on this clock, whose zero is arbitrary.</summary>
    public static ulong Now(WasiContext context)
    {
        // 128 bits, because ticks since boot times a billion overflow 64 after nine seconds on a clock of one tick per nanosecond.
        var ticks = (UInt128)context.TimeProvider.GetTimestamp();
        return (ulong)(ticks * NanosecondsPerSecond / (ulong)context.TimeProvider.TimestampFrequency);
    }

    // wit: wasi:clocks/monotonic-clock#now
    internal static ComponentValue Now(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.U64(Now(WasiContext.Of(state)));

    // wit: wasi:clocks/monotonic-clock#resolution
    internal static ComponentValue Resolution(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.U64(Math.Max(1, NanosecondsPerSecond / (ulong)WasiContext.Of(state).TimeProvider.TimestampFrequency));

    // wit: wasi:clocks/monotonic-clock#subscribe-instant
    internal static ComponentValue SubscribeInstant(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        new TimerPollable(WasiContext.Of(state), arguments[0].AsU64).ToValue();

    // wit: wasi:clocks/monotonic-clock#subscribe-duration
    internal static ComponentValue SubscribeDuration(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var context = WasiContext.Of(state);
        var now = Now(context);
        var duration = arguments[0].AsU64;
        return new TimerPollable(context, duration > ulong.MaxValue - now ? ulong.MaxValue : now + duration).ToValue();
    }
}
