using Xunit;

namespace Mik.Cli.Tests.Commands;

public sealed class CheckCommandTests
{
    [Fact]
    public async Task Sound_project_passes_with_its_warnings()
    {
        using var project = new TemporaryProject().Write("mik.toml", "[project]\nname = 'shop'\n[server]\nprot = 1\n")
            .Write("scripts/hello.js", "import { script, ok } from 'mik-sdk';\nexport default script(async () => ok('hello'));\n");

        var result = await MikProgram.RunAsync(project.Directory, ["check"]);

        Assert.Equal(ExitCodes.Success, result.ExitCode);
        Assert.Equal("shop: 0 handlers and 1 script are fine\n", result.Output);
        Assert.Equal("warning: mik.toml:4:1: server.prot: unknown key is ignored; did you mean port?\n", result.Error);
    }

    [Fact]
    public async Task Every_error_is_shown_with_its_place_and_exit_code_1()
    {
        using var project = new TemporaryProject().Write("shop/mik.toml", "[server]\nport = 70000\nhost = 1\n");

        var result = await MikProgram.RunAsync(project.Directory, ["check", "shop"], ("MIK_SCRIPT_MAX_CALLS", "x"));

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
    public async Task Every_broken_component_and_script_is_named_with_the_reason()
    {
        using var project = new TemporaryProject()
            .Write("modules/empty.wasm", "")
            .Write("modules/text.wasm", "not a component at all")
            .Write("scripts/odd.js", "export default (\n  oops oops\n)");

        var result = await MikProgram.RunAsync(project.Directory, ["check"]);

        Assert.Equal((ExitCodes.Failure, ""), (result.ExitCode, result.Output));
        Assert.Matches(@"\Aerror: handler empty: .+\nerror: handler text: .+\nerror: script odd: odd\.js:2:\d+: .+\n\z", result.Error);
    }

    [Fact]
    public async Task Two_files_for_one_script_are_an_error()
    {
        using var project = new TemporaryProject().Write("scripts/a.js", "").Write("scripts/a.mjs", "");

        var result = await MikProgram.RunAsync(project.Directory, ["check"]);

        Assert.Equal((ExitCodes.Failure, ""), (result.ExitCode, result.Output));
        Assert.Equal("error: script 'a' is defined by more than one file: a.js, a.mjs\n", result.Error);
    }

    [Fact]
    public async Task Everything_of_every_tenant_is_read()
    {
        using var project = new TemporaryProject().Write("mik.toml", "[project]\nname = 'shop'\n[server]\nuser_modules = 'um'\nuser_scripts = 'us'\n")
            .Write("us/acme/hello.js", "import { script, ok } from 'mik-sdk';\nexport default script(async () => ok('hello'));\n");

        var sound = await MikProgram.RunAsync(project.Directory, ["check"]);
        project.Write("um/acme/text.wasm", "not a component").Write("us/other/odd.js", "export default (\n  oops oops\n)");
        var broken = await MikProgram.RunAsync(project.Directory, ["check"]);

        Assert.Equal((ExitCodes.Success, "shop: 0 handlers and 1 script of the platform and 1 tenant are fine\n"), (sound.ExitCode, sound.Output));
        Assert.Equal((ExitCodes.Failure, ""), (broken.ExitCode, broken.Output));
        Assert.Matches(@"error: handler acme/text: .+\nerror: script other/odd: odd\.js:2:\d+: .+\n\z", broken.Error);
    }

    [Fact]
    public async Task Missing_directory_is_an_error()
    {
        using var project = new TemporaryProject();

        var result = await MikProgram.RunAsync(project.Directory, ["check", "nowhere"]);

        Assert.Equal((ExitCodes.Failure, "error: there is no file or directory nowhere\n"), (result.ExitCode, result.Error));
    }
}
