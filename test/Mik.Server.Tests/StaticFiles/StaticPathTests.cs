using Mik.Server.StaticFiles;
using Xunit;

namespace Mik.Server.Tests.StaticFiles;

/// <summary>What attackers and honest people write below <c>/static/</c>.</summary>
public sealed class StaticPathTests
{
    [Theory]
    [InlineData("index.html", "index.html")]
    [InlineData("assets/css/x.css", "assets|css|x.css")]
    [InlineData("a.tar.gz", "a.tar.gz")]
    [InlineData(".hidden", ".hidden")]
    [InlineData("..x", "..x")]
    [InlineData("a/..hidden", "a|..hidden")]
    [InlineData("my%20file.txt", "my file.txt")]
    [InlineData("caf%C3%A9.txt", "café.txt")]
    [InlineData("café.txt", "café.txt")]
    [InlineData("100%.txt", "100%.txt")]
    [InlineData("CONSOLE", "CONSOLE")]
    [InlineData("COM0", "COM0")]
    [InlineData("COM10", "COM10")]
    [InlineData("LPT10", "LPT10")]
    [InlineData("NULLIFY.txt", "NULLIFY.txt")]
    [InlineData("%252e%252e/etc/passwd", "%2e%2e|etc|passwd")]
    public void Plain_names_are_taken(string rest, string segments)
    {
        Assert.True(StaticPath.TryParse(rest, out var path, out _));
        Assert.Equal(segments.Split('|'), path.Segments);
        Assert.False(path.IsDirectory);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("docs/", 1)]
    [InlineData("docs/more/", 2)]
    public void A_slash_at_the_end_means_a_directory(string rest, int depth)
    {
        Assert.True(StaticPath.TryParse(rest, out var path, out _));
        Assert.True(path.IsDirectory);
        Assert.Equal(depth, path.Segments.Count);
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("././.")]
    [InlineData("./a/./b")]
    [InlineData("a/../../b")]
    [InlineData("a/b/../c")]
    [InlineData("a/b/c/../../../../x")]
    [InlineData("%2e%2e/etc/passwd")]
    [InlineData("%2E%2E%2Fetc%2Fpasswd")]
    [InlineData("..%2Fetc/passwd")]
    [InlineData("..%5Cetc")]
    [InlineData("..\\etc")]
    [InlineData("...")]
    [InlineData("/etc/passwd")]
    [InlineData("/")]
    [InlineData("%2Fetc/passwd")]
    [InlineData("a//b")]
    [InlineData("//server/share")]
    [InlineData("\\\\server\\share")]
    [InlineData("\\\\?\\C:\\x")]
    [InlineData("foo\\bar")]
    [InlineData("file.txt:hidden")]
    [InlineData("file::$DATA")]
    [InlineData("dir/f:s")]
    [InlineData("C:file.txt")]
    [InlineData("a:b")]
    [InlineData("CON")]
    [InlineData("con.txt")]
    [InlineData("dir/NUL")]
    [InlineData("x/AUX.log")]
    [InlineData("com1")]
    [InlineData("lpt9.x")]
    [InlineData("COM%C2%B9")]
    [InlineData("CONIN$")]
    [InlineData("CON ")]
    [InlineData("nul .txt")]
    [InlineData("index.html.")]
    [InlineData("index.html%20")]
    [InlineData("x%00y")]
    [InlineData("a%0Ab")]
    [InlineData("%FF")]
    [InlineData("what%3F")]
    [InlineData("*.html")]
    public void What_some_system_reads_as_something_else_is_refused_on_all_of_them(string rest)
    {
        Assert.False(StaticPath.TryParse(rest, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Names_are_as_long_as_file_systems_take()
    {
        Assert.True(StaticPath.TryParse(new string('a', 255), out _, out _));
        Assert.False(StaticPath.TryParse(new string('a', 256), out _, out _));
    }
}
