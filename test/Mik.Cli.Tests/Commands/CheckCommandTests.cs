using Xunit;

namespace Mik.Cli.Tests.Commands;

public sealed class CheckCommandTests
{
    [Fact]
    public async Task Sound_configuration_passes_with_its_warnings()
    {
        using var project = new TemporaryProject().Write("mik.toml", "[project]\nname = 'shop'\n[server]\nprot = 1\n");

        var result = await MikCommand.RunAsync(project.Directory, ["check"]);

        Assert.Equal(ExitCodes.Success, result.ExitCode);
        Assert.Contains("shop", result.Output, StringComparison.Ordinal);
        Assert.Equal("warning: mik.toml:4:1: server.prot: unknown key is ignored; did you mean port?\n", result.Error);
    }

    [Fact]
    public async Task Every_error_is_shown_with_its_place_and_exit_code_1()
    {
        using var project = new TemporaryProject().Write("shop/mik.toml", "[server]\nport = 70000\nhost = 1\n");

        var result = await MikCommand.RunAsync(project.Directory, ["check", "shop"], ("MIK_SCRIPT_MAX_CALLS", "x"));

        Assert.Equal((ExitCodes.Failure, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            """
            error: shop/mik.toml:2:8: server.port: must be an integer from 0 to 65535, found 70000
            error: shop/mik.toml:3:8: server.host: must be an IP address or "localhost", found an integer
            error: environment variable MIK_SCRIPT_MAX_CALLS: server.script_max_calls: must be an integer from 0 to 100000, found 'x'

            """,
            result.Error);
    }

    [Fact]
    public async Task Missing_directory_is_an_error()
    {
        using var project = new TemporaryProject();

        var result = await MikCommand.RunAsync(project.Directory, ["check", "nowhere"]);

        Assert.Equal((ExitCodes.Failure, "error: there is no file or directory nowhere\n"), (result.ExitCode, result.Error));
    }
}
