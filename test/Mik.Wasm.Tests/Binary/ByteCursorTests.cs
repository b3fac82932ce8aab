using Mik.TestKit;
using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Binary;

public sealed class ByteCursorTests
{
    [Theory]
    [InlineData(new byte[] { 0x00 }, 0u)]
    [InlineData(new byte[] { 0x7F }, 127u)]
    [InlineData(new byte[] { 0x80, 0x01 }, 128u)]
    [InlineData(new byte[] { 0xE5, 0x8E, 0x26 }, 624485u)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x00 }, 0u)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, uint.MaxValue)]
    public void Unsigned_number_is_read(byte[] bytes, uint expected)
    {
        var cursor = new ByteCursor(bytes);

        Assert.Equal(expected, cursor.ReadU32());
        Assert.True(cursor.AtEnd);
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x10 }, "integer too large")]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 }, "integer representation too long")]
    [InlineData(new byte[] { 0x80 }, "unexpected end")]
    [InlineData(new byte[] { }, "unexpected end")]
    public void Defective_unsigned_number_is_malformed(byte[] bytes, string message) =>
        Assert.StartsWith(message, Malformed(bytes, static (ref ByteCursor c) => c.ReadU32()), StringComparison.Ordinal);

    [Theory]
    [InlineData(new byte[] { 0x7F }, -1)]
    [InlineData(new byte[] { 0x40 }, -64)]
    [InlineData(new byte[] { 0x3F }, 63)]
    [InlineData(new byte[] { 0xC0, 0xBB, 0x78 }, -123456)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x78 }, int.MinValue)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x07 }, int.MaxValue)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, -1)]
    public void Signed_32_bit_number_is_read(byte[] bytes, int expected)
    {
        var cursor = new ByteCursor(bytes);

        Assert.Equal(expected, cursor.ReadS32());
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x70 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x4F })]
    public void Signed_32_bit_number_must_repeat_its_sign_bit(byte[] bytes) =>
        Assert.StartsWith("integer too large", Malformed(bytes, static (ref ByteCursor c) => c.ReadS32()), StringComparison.Ordinal);

    [Theory]
    [InlineData(new byte[] { 0x7F }, -1L)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F }, long.MinValue)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00 }, long.MaxValue)]
    public void Signed_64_bit_number_is_read(byte[] bytes, long expected)
    {
        var cursor = new ByteCursor(bytes);

        Assert.Equal(expected, cursor.ReadS64());
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "integer too large")]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 }, "integer representation too long")]
    public void Defective_64_bit_number_is_malformed(byte[] bytes, string message) =>
        Assert.StartsWith(message, Malformed(bytes, static (ref ByteCursor c) => c.ReadS64()), StringComparison.Ordinal);

    [Fact]
    public void Every_signed_number_survives_its_own_encoding()
    {
        foreach (var value in Enumerable.Range(0, 64).SelectMany(static s => new[] { 1L << s, -(1L << s), (1L << s) - 1 }))
        {
            var cursor = new ByteCursor(WasmModuleBuilder.SignedLeb(value));

            Assert.Equal(value, cursor.ReadS64());
            Assert.True(cursor.AtEnd);
        }
    }

    [Fact]
    public void Count_larger_than_the_rest_is_malformed()
    {
        // Three items of two bytes in five bytes.
        byte[] bytes = [3, 0, 0, 0, 0, 0];

        Assert.StartsWith(
            "length out of bounds",
            Malformed(bytes, static (ref ByteCursor c) => c.ReadCount("items", 100, leastItemSize: 2)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Count_above_the_limit_is_refused()
    {
        byte[] bytes = [3, 0, 0, 0];

        Assert.Throws<ModuleValidationException>(() => new ByteCursor(bytes).ReadCount("items", 2));
    }

    [Theory]
    [InlineData(new byte[] { 2, 0xC3, 0xA4 }, "ä")]
    [InlineData(new byte[] { 1, 0 }, "\0")]
    [InlineData(new byte[] { 0 }, "")]
    public void Name_is_read(byte[] bytes, string expected)
    {
        var cursor = new ByteCursor(bytes);

        Assert.Equal(expected, cursor.ReadName());
    }

    [Theory]
    [InlineData(new byte[] { 1, 0x80 })]
    [InlineData(new byte[] { 2, 0xC0, 0x80 })]
    [InlineData(new byte[] { 3, 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 4, 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 2, 0xE2, 0x82 })]
    public void Name_that_is_not_utf8_is_malformed(byte[] bytes) =>
        Assert.StartsWith("malformed UTF-8", Malformed(bytes, static (ref ByteCursor c) => c.ReadName().Length), StringComparison.Ordinal);

    [Fact]
    public void Nothing_beyond_the_range_is_read()
    {
        byte[] bytes = [9, 1, 2, 9];
        var cursor = new ByteCursor(bytes, new ByteRange(1, 2));

        Assert.Equal(1, cursor.ReadByte());
        Assert.Equal(2, cursor.ReadByte());
        Assert.True(cursor.AtEnd);
    }

    [Fact]
    public void Error_tells_where()
    {
        var error = Assert.Throws<ModuleFormatException>(static () =>
        {
            var cursor = new ByteCursor([0, 0, 0x80, 0x80, 0x80, 0x80, 0x7F]);
            cursor.ReadByte();
            cursor.ReadByte();
            cursor.ReadU32();
        });

        Assert.Equal(2, error.Offset);
        Assert.EndsWith("(at byte 0x2)", error.Message, StringComparison.Ordinal);
    }

    private delegate long Reading(ref ByteCursor cursor);

    private static string Malformed(byte[] bytes, Reading reading) => Assert.Throws<ModuleFormatException>(() =>
    {
        var cursor = new ByteCursor(bytes);
        reading(ref cursor);
    }).Message;
}
