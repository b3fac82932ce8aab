using Mik.Server.Observability;
using Xunit;

namespace Mik.Server.Tests.Observability;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("plain é", "plain é")]
    [InlineData("two\nlines\x1B[0m", @"two\x0Alines\x1B[0m")]
    [InlineData("two\u2028lines\u2029", @"two\u2028lines\u2029")]
    [InlineData("left\u202Eto right\u2066", @"left\u202Eto right\u2066")]
    public void Nobody_can_forge_a_line(string text, string logged) => Assert.Equal(logged, LogText.Of(text));

    [Fact]
    public void Text_of_several_lines_keeps_them() => Assert.Equal("two\nlines\\x0D\\x1B[0m", LogText.OfLines("two\nlines\r\x1B[0m"));

    [Fact]
    public void Long_text_is_cut() => Assert.Equal(4097, LogText.Of(new string('a', 5000)).Length);

    [Fact]
    public void Half_a_character_is_not_kept() =>
        Assert.Equal(new string('a', 4095) + '…', LogText.Of(new string('a', 4095) + "\U0001F600"));
}
