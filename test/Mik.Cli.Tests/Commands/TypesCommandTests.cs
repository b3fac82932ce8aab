using System.Text.Json;
using Xunit;

namespace Mik.Cli.Tests.Commands;

public sealed class TypesCommandTests
{
    private static readonly string[] Declarations =
        [.. Under(Path.Combine(RepositoryRoot.Path, "sdk")).Where(static f => f.EndsWith(".d.ts", StringComparison.Ordinal) && !f.StartsWith("node_modules", StringComparison.Ordinal))];

    [Fact]
    public async Task Writes_the_declarations_of_the_package_and_a_compiler_configuration()
    {
        using var project = new TemporaryProject().Write("shop/mik.toml", "[server]\nscripts = \"src/flows/\"\n").Write("shop/src/flows/a.ts", "").Write("shop/.mik/types/mik-sdk/stale.d.ts", "");

        var result = await MikProgram.RunAsync(project.Directory, ["types", "shop"]);

        Assert.Equal((ExitCodes.Success, ""), (result.ExitCode, result.Error));
        Assert.Equal("the declarations of mik-sdk are in shop/.mik/types\nshop/tsconfig.json is new and lets editors find them\n", result.Output);
        Assert.Equal(Declarations.Order(), Under(Path.Combine(project.Directory, "shop/.mik/types/mik-sdk")).Order());
        Assert.All(Declarations, file => Assert.Equal(
            File.ReadAllText(Path.Combine(RepositoryRoot.Path, "sdk", file)), File.ReadAllText(Path.Combine(project.Directory, "shop/.mik/types/mik-sdk", file))));
        using var configuration = JsonDocument.Parse(File.ReadAllText(Path.Combine(project.Directory, "shop/tsconfig.json")));
        Assert.Equal("src/flows", configuration.RootElement.GetProperty("include")[0].GetString());
    }

    [Theory]
    [InlineData("tsconfig.json")]
    [InlineData("jsconfig.json")]
    public async Task Leaves_a_configuration_alone_and_says_what_it_needs(string name)
    {
        using var project = new TemporaryProject().Write(name, "{} // mine");

        var result = await MikProgram.RunAsync(project.Directory, ["types"]);

        Assert.Equal(ExitCodes.Success, result.ExitCode);
        Assert.Contains($"{name} is left as it is; to find them it needs what this has of paths and files:\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"mik-sdk/testing\": [\"./.mik/types/mik-sdk/testing/index.d.ts\"]", result.Output, StringComparison.Ordinal);
        Assert.Equal("{} // mine", File.ReadAllText(Path.Combine(project.Directory, name)));
        Assert.Single(Directory.GetFiles(project.Directory));
    }

    [Fact]
    public async Task Can_be_repeated()
    {
        using var project = new TemporaryProject();

        var first = await MikProgram.RunAsync(project.Directory, ["types"]);
        var second = await MikProgram.RunAsync(project.Directory, ["types"]);

        Assert.Equal((ExitCodes.Success, ExitCodes.Success), (first.ExitCode, second.ExitCode));
        Assert.Equal("the declarations of mik-sdk are in .mik/types\ntsconfig.json is new and lets editors find them\n", first.Output);
        Assert.Equal("the declarations of mik-sdk are in .mik/types\n", second.Output);
    }

    [Fact]
    public async Task What_cannot_be_written_is_an_error()
    {
        using var project = new TemporaryProject().Write(".mik", "a file");

        var result = await MikProgram.RunAsync(project.Directory, ["types"]);

        Assert.Equal((ExitCodes.Failure, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: the declarations cannot be written: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_is_no_project()
    {
        using var project = new TemporaryProject().Write("a.wasm", "");

        var result = await MikProgram.RunAsync(project.Directory, ["types", "a.wasm"]);

        Assert.Equal((ExitCodes.Failure, "error: a.wasm is a component: types are for the scripts of a project's directory\n"), (result.ExitCode, result.Error));
    }

    private static IEnumerable<string> Under(string directory) =>
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(directory, f).Replace('\\', '/'));
}
