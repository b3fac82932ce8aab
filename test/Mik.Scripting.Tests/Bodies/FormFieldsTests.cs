using System.Text;
using Mik.Scripting.Bodies;
using Xunit;

namespace Mik.Scripting.Tests.Bodies;

public sealed class FormFieldsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("&&", "")]
    [InlineData("a", "a:")]
    [InlineData("a=1&b=2", "a:1,b:2")]
    [InlineData("a=1&a=2", "a:1")]
    [InlineData("a=b=c", "a:b=c")]
    [InlineData("=x", ":x")]
    [InlineData("a+b=c+d%2B", "a b:c d+")]
    [InlineData("%C3%A9=%e2%82%ac", "é:€")]
    [InlineData("a=%", "a:%")]
    [InlineData("a=%4", "a:%4")]
    [InlineData("a=%zz%41", "a:%zzA")]
    [InlineData("a=%FF", "a:\uFFFD")]
    public void Fields_are_read_as_browsers_write_them(string text, string expected) =>
        Assert.Equal(expected, string.Join(',', FormFields.Parse(Encoding.UTF8.GetBytes(text)).Select(static f => $"{f.Key}:{f.Value}")));
}
