using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

public sealed class CodeCacheTests
{
    [Fact]
    public async Task Second_start_runs_the_code_that_the_first_one_left()
    {
        using var project = new TemporaryProject().AddHandler("fault_trap").Write("scripts/hello.ts", "export default (req: unknown) => ({ hello: 'world' });\n");
        using var cache = new TemporaryProject();
        await RequireCompilerAsync(cache.Directory);
        (string, string)[] environment = [("MIK_CACHE", cache.Directory)];
        await using (var first = await StartAsync(project.Directory, cache.Directory))
        {
            await first.WaitForLogAsync("Machine code of 0 modules was in the cache, that of ");
            Assert.Equal("""{"hello":"world"}""", await first.Client.GetStringAsync("/script/hello", TestContext.Current.CancellationToken));
            Assert.Equal(0, await first.StopAsync());
        }

        // What a server does by itself once it has nothing else to do.
        var compiled = await MikProgram.RunAsync(project.Directory, ["cache", "compile", "--json"], environment);
        Assert.Equal((0, ""), (compiled.ExitCode, compiled.Error));
        var modules = JsonDocument.Parse(compiled.Output).RootElement.GetProperty("compiled").GetInt32();
        Assert.True(modules > 2, compiled.Output);

        await using var second = await StartAsync(project.Directory, cache.Directory);

        await second.WaitForLogAsync($"Machine code of {modules} modules was in the cache, that of 0 was not");
        Assert.Equal("""{"hello":"world"}""", await second.Client.GetStringAsync("/script/hello", TestContext.Current.CancellationToken));
        Assert.Equal(0, await second.StopAsync());
    }

    [Fact]
    public async Task Server_compiles_by_itself_what_it_has_loaded()
    {
        using var project = new TemporaryProject().AddHandler("fault_trap");
        using var cache = new TemporaryProject();
        await RequireCompilerAsync(cache.Directory);
        await using var server = await StartAsync(project.Directory, cache.Directory);

        await server.WaitUntilAsync(() => Task.FromResult(Files(cache, "*.code") > 0 && Files(cache, "*.dll") == 0), "nothing was compiled");
    }

    private static int Files(TemporaryProject cache, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(cache.Directory, "code"), pattern).Count();

    private static Task<MikProcess> StartAsync(string directory, string cache) =>
        MikProcess.StartAsync(directory, [], [KeyValuePair.Create("MIK_CACHE", cache)]);

    private static async Task RequireCompilerAsync(string cache)
    {
        var info = await MikProgram.RunAsync(cache, ["cache", "info", "--json"], ("MIK_CACHE", cache));
        Assert.SkipUnless(info.Output.Contains("\"canCompile\":true", StringComparison.Ordinal), "crossgen2 was not fetched");
    }
}
