using Mik.Wasm.Runtime.Allocation;
using Xunit;

namespace Mik.Wasm.Tests.Runtime.Allocation;

public sealed unsafe class WarmMemoriesTests
{
    // Lengths no other test uses: parked memories are shared by the whole process.
    private const nuint Length = 37 * 4096;

    [Fact]
    public void A_released_memory_comes_back_zero_and_in_its_first_size()
    {
        Assert.SkipUnless(GuardPages.IsAvailable && PageScan.IsAvailable, "needs guard pages and PAGEMAP_SCAN");
        var first = MemoryReservation.Create(guarded: true, 1 << 20, Length);
        Assert.True(first.CommitTo(Length * 2));
        Bytes(first, Length * 2).Fill(0xEE);
        first.Release();

        var second = MemoryReservation.Create(guarded: true, 1 << 20, Length);

        Assert.Equal(first.Address, second.Address);
        Assert.False(Bytes(second, Length).ContainsAnyExcept((byte)0));
        Assert.Throws<NullReferenceException>(() => Read(second.Address + (nint)Length));
        second.Release();
    }

    [Fact]
    public void More_pages_than_stay_resident_come_back_zero_too()
    {
        Assert.SkipUnless(GuardPages.IsAvailable && PageScan.IsAvailable, "needs guard pages and PAGEMAP_SCAN");
        const nuint Large = (WrittenPages.MaxResident + 53) * 4096;
        for (var round = 0; round < 3; round++)
        {
            var memory = MemoryReservation.Create(guarded: true, 1 << 24, Large);
            Assert.False(Bytes(memory, Large).ContainsAnyExcept((byte)0));
            Bytes(memory, Large).Fill(0xEE);
            memory.Release();
        }
    }

    [Fact]
    public void A_memory_made_of_an_image_comes_back_as_the_image()
    {
        Assert.SkipUnless(GuardPages.IsAvailable && PageScan.IsAvailable, "needs guard pages and PAGEMAP_SCAN");
        var content = MemoryReservation.Create(guarded: true, 1 << 20, Length);
        Bytes(content, Length)[5000] = 7;
        using var image = MemoryImage.TryCreate(content.Address, Length)!;
        content.Release();

        for (var round = 0; round < 3; round++)
        {
            var memory = MemoryReservation.Create(guarded: true, 1 << 20, Length, image);
            Assert.Equal(7, Bytes(memory, Length)[5000]);
            Assert.False(Bytes(memory, Length)[5001..].ContainsAnyExcept((byte)0));
            Bytes(memory, Length).Fill(0xEE);
            memory.Release();
        }
    }

    [Fact]
    public void A_memory_whose_content_became_another_image_s_is_not_taken_for_a_fresh_one()
    {
        Assert.SkipUnless(GuardPages.IsAvailable && PageScan.IsAvailable, "needs guard pages and PAGEMAP_SCAN");
        var content = MemoryReservation.Create(guarded: true, 1 << 20, Length);
        Bytes(content, Length).Fill(9);
        using var image = MemoryImage.TryCreate(content.Address, Length)!;
        content.Release();
        var changed = MemoryReservation.Create(guarded: true, 1 << 20, Length);
        changed.SetTo(image);
        changed.Release();

        for (var i = 0; i < 4; i++)
        {
            Assert.False(Bytes(MemoryReservation.Create(guarded: true, 1 << 20, Length), Length).ContainsAnyExcept((byte)0));
        }
    }

    private static Span<byte> Bytes(MemoryReservation memory, nuint length) => new((void*)memory.Address, (int)length);

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static byte Read(nint address) => *(byte*)address;
}
