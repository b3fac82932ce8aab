using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Clocks;

/// <summary>Local time, which here is UTC: where the server stands is none of a handler's business. wit: wasi:clocks/timezone</summary>
internal static class Timezone
{
    private static readonly WitField When = new("when", WallClock.DateTime);

    public static WasiInterface Interface { get; } = new WasiInterface("wasi:clocks/timezone")
        .Func("display", Display, Record(new("utc-offset", S32), new("name", WitType.String), new("in-daylight-saving-time", Bool)), When)
        .Func("utc-offset", UtcOffset, S32, When);

    // wit: wasi:clocks/timezone#display
    internal static ComponentValue Display(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.Values(ComponentValue.Signed(0), ComponentValue.String("UTC"), ComponentValue.Bool(false));

    // wit: wasi:clocks/timezone#utc-offset
    internal static ComponentValue UtcOffset(object? state, ReadOnlySpan<ComponentValue> arguments) => ComponentValue.Signed(0);
}
