using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Clocks;

/// <summary>The time of day. wit: wasi:clocks/wall-clock</summary>
internal static class WallClock
{
    /// <summary>Seconds and nanoseconds since 1970, UTC. wit: wasi:clocks/wall-clock#datetime</summary>
    public static WitType DateTime { get; } = Record(new WitField("seconds", U64), new WitField("nanoseconds", U32));

    public static WasiInterface Interface { get; } = new WasiInterface("wasi:clocks/wall-clock")
        .Func("now", Now, DateTime)
        .Func("resolution", Resolution, DateTime);

    // wit: wasi:clocks/wall-clock#now
    internal static ComponentValue Now(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var sinceEpoch = WasiContext.Of(state).TimeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch;
        var ticks = Math.Max(0, sinceEpoch.Ticks);
        return ComponentValue.Values(
            ComponentValue.U64((ulong)(ticks / TimeSpan.TicksPerSecond)),
            ComponentValue.U32((uint)(ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick)));
    }

    // wit: wasi:clocks/wall-clock#resolution
    internal static ComponentValue Resolution(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.Values(ComponentValue.U64(0), ComponentValue.U32((uint)TimeSpan.NanosecondsPerTick));
}
