using Mik.Components.Runtime;

namespace Mik.Wasi.Tests.Clocks;

public sealed class TimezoneTests
{
    [Fact]
    public void Local_time_is_utc()
    {
        using var guest = new Guest();
        var when = ComponentValue.Values(ComponentValue.U64(1_700_000_000), ComponentValue.U32(0));

        var display = guest.Call("wasi:clocks/timezone#display", when).AsValues;

        Assert.Equal((0, "UTC", false), (display[0].AsS32, display[1].AsString, display[2].AsBool));
        Assert.Equal(0, guest.Call("wasi:clocks/timezone#utc-offset", when).AsS32);
    }
}
