using Mik.Components.Types;

namespace Mik.Components.Tests.Types;

public sealed class ExternNameTests
{
    [Theory]
    [InlineData("a", "Plain")]
    [InlineData("a1-b2-CD", "Plain")]
    [InlineData("[constructor]a", "Constructor")]
    [InlineData("[method]a.b-c", "Method")]
    [InlineData("[static]a.b", "Static")]
    [InlineData("wasi:http/types@0.2.12", "Interface")]
    [InlineData("wasi:http/types@0.2", "Interface")]
    [InlineData("a:b/c", "Interface")]
    [InlineData("a:b/c@1.0.0-rc.1+x", "Interface")]
    public void Names_of_the_grammar_are_taken_apart(string name, string kind) =>
        Assert.Equal(kind, ExternName.Parse(name)?.Kind.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a--b")]
    [InlineData("a-")]
    [InlineData("aB")]
    [InlineData("a_b")]
    [InlineData("[method]a")]
    [InlineData("[async]a")]
    [InlineData("[method")]
    [InlineData("A:b/c")]
    [InlineData("a:b")]
    [InlineData("a:b/c@")]
    [InlineData("a:b/c@0.2.01")]
    [InlineData("a:b/c@0")]
    [InlineData("a:b/c@1.2")]
    public void Other_names_are_refused(string name) => Assert.Null(ExternName.Parse(name));

    [Theory]
    [InlineData("foo", "FOO", true)]
    [InlineData("foo", "[constructor]foo", false)]
    [InlineData("foo", "[method]foo.foo", true)]
    [InlineData("[method]foo.bar", "[static]foo.BAR", true)]
    [InlineData("[method]foo.bar", "foo", false)]
    public void Names_that_bindings_would_confuse_are_the_same(string first, string second, bool same) =>
        Assert.Equal(same, ExternName.Parse(first)!.Value.UniqueKey == ExternName.Parse(second)!.Value.UniqueKey);
}
