using System.Globalization;
using Mik.Wasm.Runtime.Allocation;
using Xunit;

namespace Mik.Wasm.Tests.Runtime.Allocation;

public sealed unsafe class MemoryImageTests
{
    private const int Length = 2 * 1024 * 1024;
    private const int Page = 4096;

    [Fact]
    public void A_reservation_set_to_an_image_reads_as_it_and_keeps_its_writes_to_itself()
    {
        using var image = ImageOfSevens();
        var first = Reserve();
        var second = Reserve();
        first.SetTo(image);
        second.SetTo(image);

        Bytes(first).Fill(1);

        Assert.False(Bytes(second)[..Page].ContainsAnyExcept((byte)7));
        second.Release();
        first.Release();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(WrittenPages.MaxResident + 100)]
    [InlineData(Length / Page)]
    public void Resetting_restores_every_byte_however_many_pages_were_written(int pages)
    {
        using var image = ImageOfSevens();
        var reservation = Reserve();
        reservation.SetTo(image);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < pages; i++)
            {
                // Every second page first, so that the runs are many and short.
                var page = i * 2 % (Length / Page);
                Bytes(reservation)[page * Page] ^= 0xFF;
            }

            reservation.SetTo(image);

            Assert.False(Bytes(reservation)[..Page].ContainsAnyExcept((byte)7));
            Assert.False(Bytes(reservation)[Page..].ContainsAnyExcept((byte)0));
        }

        reservation.Release();
    }

    [Fact]
    public void Grown_pages_are_gone_after_a_reset_and_zero_when_grown_again()
    {
        using var image = ImageOfSevens();
        var reservation = Reserve();
        reservation.SetTo(image);
        Assert.True(reservation.CommitTo(Length + Page));
        *(byte*)(reservation.Address + Length) = 5;

        reservation.SetTo(image);
        Assert.True(reservation.CommitTo(Length + Page));

        Assert.Equal(0, *(byte*)(reservation.Address + Length));
        reservation.Release();
    }

    [Fact]
    public void Only_content_is_mapped_from_the_image_s_file()
    {
        using var image = ImageOfSevens();
        var reservation = Reserve();
        reservation.SetTo(image);

        Assert.Contains("mik-image", MappingAt(reservation.Address), StringComparison.Ordinal);
        Assert.DoesNotContain("mik-image", MappingAt(reservation.Address + (Length / 2)), StringComparison.Ordinal);
        reservation.Release();
    }

    [Fact]
    public void Content_in_many_places_is_reproduced_and_restored()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "memory images need Linux");
        var random = new Random(20_260_102);
        var content = Reserve();
        Assert.True(content.CommitTo(Length));
        for (var i = 0; i < 40; i++)
        {
            Bytes(content)[random.Next(Length)] = 1;
        }

        using var image = MemoryImage.TryCreate(content.Address, Length)!;
        var reservation = Reserve();
        reservation.SetTo(image);
        for (var round = 0; round < 3; round++)
        {
            Assert.True(Bytes(content).SequenceEqual(Bytes(reservation)));
            for (var write = 0; write < 100; write++)
            {
                Bytes(reservation)[random.Next(Length)] = 2;
            }

            reservation.SetTo(image);
        }

        Assert.True(Bytes(content).SequenceEqual(Bytes(reservation)));
        content.Release();
        reservation.Release();
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(WrittenPages.MaxResident + 10, false)]
    public void A_reset_keeps_a_few_pages_for_the_next_guest_and_none_of_a_greedy_one(int pages, bool areKept)
    {
        Assert.SkipUnless(PageScan.IsAvailable, "needs PAGEMAP_SCAN");
        using var image = ImageOfSevens();
        var reservation = Reserve();
        reservation.SetTo(image);
        Bytes(reservation)[..(pages * Page)].Fill(1);

        reservation.SetTo(image);

        var scan = new PageScan(reservation.Address, Length);
        Assert.Equal(areKept, scan.Next(out _, out _));
        reservation.Release();
    }

    [Fact]
    public void Random_writes_never_survive_a_reset()
    {
        using var image = ImageOfSevens();
        var reservation = Reserve();
        reservation.SetTo(image);
        var random = new Random(20_260_101);
        for (var round = 0; round < 40; round++)
        {
            for (var write = random.Next(300); write > 0; write--)
            {
                Bytes(reservation)[random.Next(Length)] = (byte)random.Next(256);
            }

            reservation.SetTo(image);

            Assert.False(Bytes(reservation)[..Page].ContainsAnyExcept((byte)7));
            Assert.False(Bytes(reservation)[Page..].ContainsAnyExcept((byte)0));
        }

        reservation.Release();
    }

    // The line of /proc/self/maps that covers an address.
    private static string MappingAt(nint address) => File.ReadLines("/proc/self/maps").First(line =>
    {
        var range = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-');
        return nint.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) <= address
            && address < nint.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    });

    private static MemoryImage ImageOfSevens()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "memory images need Linux");
        var content = Reserve();
        Assert.True(content.CommitTo(Length));
        Bytes(content)[..Page].Fill(7);
        var image = MemoryImage.TryCreate(content.Address, Length);
        content.Release();
        Assert.NotNull(image);
        return image;
    }

    private static MemoryReservation Reserve() => MemoryReservation.Create(guarded: GuardPages.IsAvailable, Length + 65_536, 0);

    private static Span<byte> Bytes(MemoryReservation reservation) => new((void*)reservation.Address, Length);
}
