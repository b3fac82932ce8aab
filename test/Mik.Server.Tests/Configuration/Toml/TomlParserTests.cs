using System.Text;
using Mik.Server.Configuration.Toml;
using Xunit;

namespace Mik.Server.Tests.Configuration.Toml;

public sealed class TomlParserTests
{
    [Fact]
    public void Values_know_where_they_are_written()
    {
        var document = Parse("# shop\n[server]\n  port = 3000\n  name=[1,\n 'x']\n");

        Assert.Empty(document.Errors);
        Assert.True(document.Root.TryGet("server", out var server));
        var table = Assert.IsType<TomlTable>(server.Value);
        Assert.True(table.TryGet("port", out var port));
        Assert.Equal(new TomlPosition(3, 3), port.Key.Position);
        Assert.Equal(new TomlPosition(3, 10), port.Value.Position);
        Assert.True(table.TryGet("name", out var name));
        Assert.Equal(new TomlPosition(5, 2), Assert.IsType<TomlArray>(name.Value).Items[1].Position);
    }

    [Theory]
    [InlineData("port 3000", 1, 6, "expected '=' after the key, found '3'")]
    [InlineData("\nport = ", 2, 8, "expected a value")]
    [InlineData("a = 1 b = 2", 1, 7, "expected the end of the line after the value, found 'b'")]
    [InlineData("a = 'x", 1, 5, "no closing '")]
    [InlineData("a = \"\"\"x\n\n", 1, 5, "no closing \"\"\"")]
    [InlineData("a = \"c:\\dir\"", 1, 8, "unknown escape")]
    [InlineData("a = \"\\uD800\"", 1, 6, "no Unicode scalar value")]
    [InlineData("a = abc", 1, 5, "strings need quotes")]
    [InlineData("a = 012", 1, 5, "'012' is no value")]
    [InlineData("a = 9223372036854775808", 1, 5, "does not fit in a 64-bit integer")]
    [InlineData("a = 2026-02-30", 1, 5, "no date or time")]
    [InlineData("a = [1 2]", 1, 8, "expected ',' or ']'")]
    [InlineData("a = {b = 1", 1, 11, "expected ',' or '}'")]
    [InlineData("[a", 1, 3, "expected ']'")]
    [InlineData("= 1", 1, 1, "expected a key")]
    [InlineData("a = 'x\u0001'", 1, 7, "U+0001")]
    [InlineData("# a\rb", 1, 4, "carriage return")]
    [InlineData("a = 1\0", 1, 6, "U+0000")]
    public void Syntax_errors_name_the_place_and_what_was_expected(string text, int line, int column, string message)
    {
        var error = Assert.Single(Parse(text).Errors);

        Assert.Equal(new TomlPosition(line, column), error.Position);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_duplicate_is_reported_and_the_first_value_stays()
    {
        var document = Parse("a = 1\na = 2\n[t]\n[t]\nb = 3\n[u]\nc.d = 1\nc = 2\n");

        Assert.Equal([2, 4, 8], document.Errors.Select(static e => e.Position.Line));
        Assert.All(document.Errors, static e => Assert.Contains("already defined at line", e.Message, StringComparison.Ordinal));
        Assert.True(document.Root.TryGet("a", out var a));
        Assert.Equal(1L, Assert.IsType<TomlScalar>(a.Value).Value);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_located()
    {
        var error = Assert.Single(TomlParser.Parse([.. "a = 1\nb = '"u8, 0xFF, .. "'"u8]).Errors);

        Assert.Equal(new TomlPosition(2, 6), error.Position);
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_an_error_and_not_an_overflow_of_the_stack()
    {
        var arrays = Assert.Single(Parse("a = " + new string('[', 100_000)).Errors);
        var tables = Assert.Single(Parse("a = " + string.Concat(Enumerable.Repeat("{a=", 100_000))).Errors);
        var keys = Assert.Single(Parse(string.Join('.', Enumerable.Repeat("a", 100_000)) + " = 1").Errors);

        Assert.All([arrays, tables, keys], static e => Assert.Contains("at most 100", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_that_end_in_carriage_return_and_line_feed_mean_the_same()
    {
        var document = Parse("a = \"\"\"\r\none\r\ntwo\"\"\"\r\nb = 1\r\n");

        Assert.Empty(document.Errors);
        Assert.True(document.Root.TryGet("a", out var a));
        Assert.Equal("one\ntwo", Assert.IsType<TomlScalar>(a.Value).Value);
    }

    private static TomlDocument Parse(string text) => TomlParser.Parse(Encoding.UTF8.GetBytes(text));
}
