using Xunit;

namespace Mik.Cli.Tests;

public sealed class MikCommandLineTests
{
    private static readonly string Anywhere = Path.GetTempPath();

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("check --help")]
    [InlineData("types --help")]
    [InlineData("cache --help")]
    [InlineData("cache info --help")]
    [InlineData("cache clear --help")]
    [InlineData("cache compile --help")]
    [InlineData("run --help")]
    public async Task Help_goes_to_standard_output(string arguments)
    {
        var result = await MikProgram.RunAsync(Anywhere, arguments.Split(' '));

        Assert.Equal((ExitCodes.Success, ""), (result.ExitCode, result.Error));
        Assert.Contains("Usage:", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-V")]
    [InlineData("check --version")]
    [InlineData("run --version")]
    public async Task Version_is_one_line(string arguments)
    {
        var result = await MikProgram.RunAsync(Anywhere, arguments.Split(' '));

        Assert.Equal((ExitCodes.Success, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"\Amik \d+\.\d+\.\d+\n\z", result.Output);
    }

    [Theory]
    [InlineData("", "Usage:")]
    [InlineData("rnu", "'rnu'")]
    [InlineData("--colour", "'--colour'")]
    [InlineData("check --colour", "'--colour'")]
    [InlineData("types --colour", "'--colour'")]
    [InlineData("check one two", "'two'")]
    [InlineData("cache drop", "'drop'")]
    [InlineData("cache info here", "'here'")]
    public async Task Misuse_is_explained_on_standard_error_with_exit_code_2(string arguments, string expected)
    {
        var result = await MikProgram.RunAsync(Anywhere, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((ExitCodes.Usage, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Error);
    }

    [Fact]
    public async Task Name_that_starts_with_an_at_sign_is_a_name()
    {
        using var project = new TemporaryProject().Write("@args", "--help");

        var result = await MikProgram.RunAsync(project.Directory, ["check", "@args"]);

        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Contains("@args is neither a directory nor a component", result.Error, StringComparison.Ordinal);
    }
}
