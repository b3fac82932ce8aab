using Mik.Testing.Reporting;
using Xunit;

namespace Mik.Testing.Tests.Reporting;

public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("plain\ttext\n", "plain\ttext\n")]
    [InlineData("\e[2J", "␛[2J")]
    [InlineData("a\rb\0", "a␍b␀")]
    [InlineData("\u009b1m\uFFFF", "\uFFFD1m\uFFFD")]
    public void Control_characters_are_shown_instead_of_obeyed(string text, string shown) => Assert.Equal(shown, PrintableText.Of(text));
}
