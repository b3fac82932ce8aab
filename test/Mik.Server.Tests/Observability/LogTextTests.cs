using Mik.Server.Observability;
using Xunit;

namespace Mik.Server.Tests.Observability;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("plain é", "plain é")]
    [InlineData("two\nlines\x1B[0m", @"two\x0Alines\x1B[0m")]
    public void Nobody_can_forge_a_line(string text, string logged) => Assert.Equal(logged, LogText.Of(text));

    [Fact]
    public void Long_text_is_cut() => Assert.Equal(4097, LogText.Of(new string('a', 5000)).Length);
}
