using Mik.Wasm.Runtime.Allocation;
using Xunit;

namespace Mik.Wasm.Tests.Runtime.Allocation;

public sealed unsafe class MemoryReservationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Committed_bytes_start_as_zero_and_keep_what_is_written(bool guarded)
    {
        Assert.SkipUnless(!guarded || GuardPages.IsAvailable, "guard pages need Linux on x86-64");
        var reservation = MemoryReservation.Create(guarded, 1 << 20, 0);

        Assert.True(reservation.CommitTo(65_536));
        var bytes = new Span<byte>((void*)reservation.Address, 65_536);
        Assert.False(bytes.ContainsAnyExcept((byte)0));
        bytes.Fill(7);
        Assert.True(reservation.CommitTo(131_072));

        Assert.Equal(7, ((byte*)reservation.Address)[65_535]);
        Assert.Equal(0, ((byte*)reservation.Address)[65_536]);
        reservation.Release();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Clear_forgets_the_content_and_the_size(bool guarded)
    {
        Assert.SkipUnless(!guarded || GuardPages.IsAvailable, "guard pages need Linux on x86-64");
        var reservation = MemoryReservation.Create(guarded, 1 << 20, 0);
        Assert.True(reservation.CommitTo(131_072));
        new Span<byte>((void*)reservation.Address, 131_072).Fill(9);

        reservation.Clear(65_536);

        Assert.False(new Span<byte>((void*)reservation.Address, 65_536).ContainsAnyExcept((byte)0));
        reservation.Release();
    }

    [Fact]
    public void A_released_slot_is_used_again_and_holds_nothing_of_before()
    {
        Assert.SkipUnless(GuardPages.IsAvailable, "guard pages need Linux on x86-64");
        for (var i = 0; i < 10_000; i++)
        {
            var reservation = MemoryReservation.Create(guarded: true, 1 << 20, 65_536);
            Assert.False(new Span<byte>((void*)reservation.Address, 65_536).ContainsAnyExcept((byte)0));
            ((byte*)reservation.Address)[i % 65_536] = 1;
            reservation.Release();
        }
    }
}
