using Mik.Components.Types;

namespace Mik.Components.Tests.Types;

public sealed class InterfaceVersionTests
{
    [Theory]
    [InlineData("wasi:io/poll@0.2.0", "wasi:io/poll@0.2")]
    [InlineData("wasi:io/poll@0.2.12", "wasi:io/poll@0.2")]
    [InlineData("wasi:io/poll@0.2", "wasi:io/poll@0.2")]
    [InlineData("a:b/c@1.4.2", "a:b/c@1")]
    [InlineData("a:b/c@1", "a:b/c@1")]
    [InlineData("a:b/c@0.0.3", "a:b/c@0.0.3")]
    [InlineData("a:b/c@0.3.0-rc.1", "a:b/c@0.3.0-rc.1")]
    [InlineData("a:b/c@0.2.3+build.5", "a:b/c@0.2")]
    [InlineData("a:b/c", "a:b/c")]
    [InlineData("plain", "plain")]
    public void Compatible_versions_have_one_track(string name, string track) =>
        Assert.Equal(track, InterfaceVersion.TrackName(name));

    [Theory]
    [InlineData("")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("01.2.3")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-01")]
    [InlineData("0")]
    [InlineData("99999999999999999999.0.0")]
    public void Other_texts_are_no_versions(string text) => Assert.Null(InterfaceVersion.Parse(text));
}
