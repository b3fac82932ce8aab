using Mik.Scripting.Modules;
using Xunit;

namespace Mik.Scripting.Tests.Modules;

public sealed class ScriptStackTests
{
    [Fact]
    public void Frames_of_the_runtime_are_left_out()
    {
        const string Stack = "    at stringify (native)\n    at inner (lib/a b.ts:3:7)\n    at run (mik:driver:54:31)\n";

        var clean = ScriptStack.Clean(Stack, static _ => null);

        Assert.Equal("    at stringify (native)\n    at inner (lib/a b.ts:3:7)", clean);
        Assert.Equal(new SourcePosition("lib/a b.ts", 3, 7), ScriptStack.Top(clean));
    }

    [Theory]
    [InlineData("    at f (a.ts:2:8)", "    at f (a.ts:2:5)")]
    [InlineData("    at a.ts:2:1", "    at a.ts:2:1")]
    [InlineData("    at f (a.ts:1:3)", "    at f (a.ts:1:3)")]
    [InlineData("    at f (a.ts:7:3)", "    at f (a.ts:7:3)")]
    [InlineData("    at f (b.ts:2:8)", "    at f (b.ts:2:8)")]
    public void Columns_count_characters(string line, string expected) =>
        Assert.Equal(expected, ScriptStack.Clean(line, static file => file == "a.ts" ? "abc\né😀 def" : null)); // 2 and 4 bytes, 1 and 2 characters

    [Fact]
    public void A_frame_without_a_function_has_a_position_too() =>
        Assert.Equal(new SourcePosition("main.js", 2, 5), ScriptStack.Top("    at main.js:2:5"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("    at stringify (native)")]
    [InlineData("    at x (file:1)")]
    public void A_stack_may_have_no_position(string? stack) => Assert.Null(ScriptStack.Top(stack));
}
