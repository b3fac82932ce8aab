using Mik.Server.Routing;
using Xunit;

namespace Mik.Server.Tests.Routing;

public sealed class EntryNameTests
{
    public static TheoryData<string> Good =>
    [
        "api", "user-service", "my_module", "CamelCase", "a", "mix3d-1_2", "module.wasm", "a.b.v2", ".hidden", "...", "file.txt",
        new string('a', 255), "CON", "nul", "a:b", "a b", "é", "*", "?", "\"", "..%2Fx", "api ",
    ];

    public static TheoryData<string, string> Bad => new()
    {
        { "", "empty" },
        { ".", "special directory" },
        { "..", "special directory" },
        { new string('a', 256), "longer" },
        { new string('a', 1000), "longer" },
        { new string('é', 128), "longer" },
        { "../etc/passwd", "separator" },
        { "api/users", "separator" },
        { "/absolute", "separator" },
        { "bad\\module", "separator" },
        { "..\\..\\etc", "separator" },
        { "api\0", "null" },
        { "\0", "null" },
        { "valid\0evil", "null" },
        { "../a\0", "null" },
        { "api\x01", "control" },
        { "api\n", "control" },
        { "m\tx", "control" },
        { "m\r", "control" },
        { "\x1B[0m", "control" },
        { "a\u0085b", "control" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Ordinary_names_are_accepted(string name) => Assert.Null(EntryName.Problem(name));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Names_that_could_leave_their_directory_or_forge_a_log_line_are_not(string name, string problem) =>
        Assert.Contains(problem, EntryName.Problem(name), StringComparison.Ordinal);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a%20b", "a b")]
    [InlineData("caf%C3%A9", "café")]
    [InlineData("100%", "100%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("%252e", "%2e")]
    [InlineData("%ff", null)]
    public void Percent_escapes_are_undone_once(string segment, string? name) => Assert.Equal(name, EntryName.Decode(segment));
}
