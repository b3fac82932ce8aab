using Microsoft.Extensions.Time.Testing;

namespace Mik.Wasi.Tests.Clocks;

public sealed class WallClockTests
{
    [Fact]
    public void Now_is_seconds_and_nanoseconds_since_1970()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(1_000_000_000).AddTicks(15));
        using var guest = new Guest(new WasiContext { TimeProvider = time });

        var now = guest.Call("wasi:clocks/wall-clock#now").AsValues;

        Assert.Equal(1_000_000_000UL, now[0].AsU64);
        Assert.Equal(1_500U, now[1].AsU32);
        Assert.Equal(100U, guest.Call("wasi:clocks/wall-clock#resolution").AsValues[1].AsU32);
    }
}
