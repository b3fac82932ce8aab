using System.Text.Json;
using Xunit;

namespace Mik.Cli.Tests.Commands;

public sealed class CacheCommandTests
{
    [Fact]
    public async Task Info_tells_where_it_is_and_what_it_holds()
    {
        using var project = new TemporaryProject().Write("mik.toml", "[server]\nmax_cache_mb = 32\n");

        var result = await RunAsync(project, "info");

        Assert.Equal((ExitCodes.Success, ""), (result.ExitCode, result.Error));
        Assert.StartsWith($"{Kept(project)}\n  code      0 modules, 0.0 MiB of at most 32 MiB\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("  sources   0 files without types, 0.0 MiB\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_is_one_object_for_programs()
    {
        using var project = new TemporaryProject();

        var result = await RunAsync(project, "info", "--json");

        Assert.Equal((ExitCodes.Success, ""), (result.ExitCode, result.Error));
        var info = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(Kept(project), info.GetProperty("directory").GetString());
        Assert.Equal(256L << 20, info.GetProperty("maxCodeBytes").GetInt64());
        Assert.Equal(0, info.GetProperty("modules").GetInt32());
    }

    [Fact]
    public async Task Clear_deletes_code_and_sources()
    {
        using var project = new TemporaryProject()
            .Write("scripts/hello.ts", "export default (): string => 'hello';\n")
            .Write("scripts/hello.test.ts", "test('is', (): void => { expect(1 as number).toBe(1); });\n");
        Assert.Equal(ExitCodes.Success, (await MikProgram.RunAsync(project.Directory, ["test"], ("MIK_CACHE", Kept(project)), ("CI", "1"))).ExitCode);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(Kept(project), "erased")));

        var result = await RunAsync(project, "clear");

        Assert.Equal((ExitCodes.Success, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"\Adeleted the code of 0 modules and 1 source: \d+\.\d MiB\n\z", result.Output);
        Assert.Empty(Directory.GetFiles(Path.Combine(Kept(project), "erased")));
        var again = await RunAsync(project, "clear", "--json");
        Assert.Equal(0, JsonDocument.Parse(again.Output).RootElement.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task Compile_names_what_cannot_be_loaded()
    {
        using var project = new TemporaryProject().Write("modules/text.wasm", "not a component");
        var info = await RunAsync(project, "info", "--json");
        Assert.SkipUnless(info.Output.Contains("\"canCompile\":true", StringComparison.Ordinal), "crossgen2 was not fetched");

        var result = await RunAsync(project, "compile", ".");

        Assert.Equal((ExitCodes.Failure, "compiled 0 modules\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("error: handler text: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_kept_where_that_is_switched_off()
    {
        using var project = new TemporaryProject();

        var result = await MikProgram.RunAsync(project.Directory, ["cache", "info"], ("MIK_CACHE", "off"));

        Assert.Equal((ExitCodes.Failure, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: nothing is kept: MIK_CACHE is off", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_without_a_verb_is_misuse()
    {
        using var project = new TemporaryProject();

        var result = await MikProgram.RunAsync(project.Directory, ["cache"]);

        Assert.Equal((ExitCodes.Usage, ""), (result.ExitCode, result.Output));
    }

    private static string Kept(TemporaryProject project) => Path.Combine(project.Directory, "kept");

    private static Task<MikProgramResult> RunAsync(TemporaryProject project, params string[] arguments) =>
        MikProgram.RunAsync(project.Directory, ["cache", .. arguments], ("MIK_CACHE", Kept(project)));
}
