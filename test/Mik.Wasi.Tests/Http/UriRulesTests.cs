using Mik.Wasi.Http;

namespace Mik.Wasi.Tests.Http;

public sealed class UriRulesTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("/", true)]
    [InlineData("/a%20b?q={x}|y", true)]
    [InlineData("?q", true)]
    [InlineData("*", true)]
    [InlineData("a", false)]
    [InlineData("/a b", false)]
    [InlineData("/a#b", false)]
    [InlineData("/ä", false)]
    [InlineData("/a\r\nHost: x", false)]
    public void Paths(string text, bool valid) => Assert.Equal(valid, UriRules.IsPathWithQuery(text));

    [Theory]
    [InlineData("example.com", true)]
    [InlineData("example.com:80", true)]
    [InlineData("127.0.0.1:65535", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("[2001:db8::1]", true)]
    [InlineData("my_service", true)]
    [InlineData("", false)]
    [InlineData(":80", false)]
    [InlineData("a:65536", false)]
    [InlineData("a:", false)]
    [InlineData("::1", false)]
    [InlineData("[fe80::1%25eth0]", false)]
    [InlineData("[127.0.0.1]", false)]
    [InlineData("user@example.com", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    public void Authorities(string text, bool valid) => Assert.Equal(valid, UriRules.IsAuthority(text));

    [Theory]
    [InlineData("h", null, "/")]
    [InlineData("h", "?a", "/?a")]
    [InlineData("h", "/../a%2F/./b?%7e", "/../a%2F/./b?%7e")]
    public void The_path_is_sent_as_written(string authority, string? path, string expected) =>
        Assert.Equal(expected, UriRules.Combine("http", authority, path)!.PathAndQuery);
}
