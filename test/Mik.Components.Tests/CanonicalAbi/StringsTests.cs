using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Components.Tests.CanonicalAbi;

public sealed class StringsTests
{
    [Theory]
    [InlineData("Utf8", "aé😀", "61C3A9F09F9880", 7u, "0,1,7")]
    [InlineData("Utf16", "aé😀", "6100E9003DD800DE", 4u, "0,2,8")]
    [InlineData("Latin1OrUtf16", "aé", "61E9", 2u, "0,2,2")]
    [InlineData("Latin1OrUtf16", "aé😀", "6100E9003DD800DE", 4u | 0x8000_0000u, "0,2,8")]
    [InlineData("Utf8", "", "", 0u, "0,1,0")]
    public void Host_string_is_allocated_once_and_reads_back(
        string encodingName, string text, string bytes, uint length, string allocation)
    {
        using var memory = new GuestMemory();
        var cx = memory.Context(Enum.Parse<StringEncoding>(encodingName));

        var range = Strings.StoreStringIntoRange(cx, ComponentValue.String(text));

        Assert.Equal(length, range.Length);
        Assert.Equal(bytes, Convert.ToHexString(memory.At(range.Pointer, bytes.Length / 2)));
        Assert.Equal([allocation], memory.Allocations);
        Assert.Equal(text, Strings.LoadStringFromRange(cx, range.Pointer, range.Length).AsString);
    }

    [Theory]
    [InlineData("Utf8", "Utf8", "aé", "0,1,3")]
    [InlineData("Utf16", "Utf8", "ab", "0,1,2")]
    [InlineData("Utf16", "Utf8", "aé", "0,1,2 2,1,6 6,1,3")]
    [InlineData("Latin1OrUtf16", "Utf8", "aé", "0,1,2 2,1,4 4,1,3")]
    [InlineData("Utf8", "Utf16", "ab", "0,2,4")]
    [InlineData("Utf8", "Utf16", "aé", "0,2,6 6,2,4")]
    [InlineData("Utf16", "Utf16", "aé", "0,2,4")]
    [InlineData("Latin1OrUtf16", "Utf16", "aé", "0,2,4")]
    [InlineData("Utf8", "Latin1OrUtf16", "aé", "0,2,3 3,2,2")]
    [InlineData("Utf8", "Latin1OrUtf16", "aż", "0,2,3 3,2,6 6,2,4")]
    [InlineData("Utf16", "Latin1OrUtf16", "ab", "0,2,2")]
    [InlineData("Latin1OrUtf16", "Latin1OrUtf16", "aé", "0,2,2")]
    [InlineData("Latin1OrUtf16", "Latin1OrUtf16", "aż", "0,2,4")]
    public void String_passed_on_between_guests_allocates_as_the_reference_does(
        string from, string to, string text, string allocations)
    {
        using var source = new GuestMemory();
        using var target = new GuestMemory();
        var cx = source.Context(Enum.Parse<StringEncoding>(from));
        var stored = Strings.StoreStringIntoRange(cx, ComponentValue.String(text));
        var lifted = Strings.LoadStringFromRange(cx, stored.Pointer, stored.Length);
        var targetCx = target.Context(Enum.Parse<StringEncoding>(to));

        var range = Strings.StoreStringIntoRange(targetCx, lifted);

        Assert.Equal(text, Strings.LoadStringFromRange(targetCx, range.Pointer, range.Length).AsString);
        Assert.Equal(allocations, string.Join(' ', target.Allocations));
    }

    [Theory]
    [InlineData("Utf8", "C3", 1u)]
    [InlineData("Utf8", "EDA080", 3u)]
    [InlineData("Utf16", "00D8", 1u)]
    [InlineData("Utf16", "00DC00D8", 2u)]
    [InlineData("Latin1OrUtf16", "00D8", 1u | 0x8000_0000u)]
    public void Malformed_strings_trap(string encoding, string bytes, uint length)
    {
        using var memory = new GuestMemory();
        Convert.FromHexString(bytes).CopyTo(memory.At(64, bytes.Length / 2));

        var trap = Assert.Throws<TrapException>(
            () => { _ = Strings.LoadStringFromRange(memory.Context(Enum.Parse<StringEncoding>(encoding)), 64, length); });

        Assert.Equal(TrapCode.HostRefused, trap.Code);
    }

    [Fact]
    public void Wide_strings_must_be_aligned_even_when_empty()
    {
        using var memory = new GuestMemory();

        Assert.Throws<TrapException>(() => { _ = Strings.LoadStringFromRange(memory.Context(StringEncoding.Utf16), 65, 0); });
        Assert.Equal("", Strings.LoadStringFromRange(memory.Context(), 65, 0).AsString);
    }

    [Fact]
    public void Lone_surrogates_of_the_host_become_replacement_characters()
    {
        using var memory = new GuestMemory();

        var range = Strings.StoreStringIntoRange(memory.Context(StringEncoding.Utf16), ComponentValue.String("a\uD800"));

        Assert.Equal("6100FDFF", Convert.ToHexString(memory.At(range.Pointer, 4)));
    }
}
