using System.Net;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What is wrong with a project is said clearly, and the rest of it is served.</summary>
public sealed class BadInputTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("broken_off", "unexpected end")]
    [InlineData("not_a_component", "core WebAssembly module")]
    [InlineData("link_unknown", "acme:nothing/here@1.0.0")]
    public async Task A_handler_that_cannot_be_loaded_is_explained_and_the_others_serve(string handler, string explanation)
    {
        using var project = new TemporaryProject().AddHandler("http_hello").AddHandler(handler);
        await using var server = await MikProcess.StartAsync(project.Directory);

        using var refused = await server.Client.GetAsync($"/run/{handler}/", Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Contains("urn:mik:error:handler-unloadable", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        await server.WaitForLogAsync(handler);
        await server.WaitForLogAsync(explanation);
        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));
    }

    [Theory]
    [InlineData("odd.js", "export default (\n  oops oops\n)", "odd.js:2:8")]
    [InlineData("odd.ts", "let n: number = 1;\nlet m: string == 2;\n", "odd.ts:2")]
    [InlineData("odd.ts", "const a = 1;\nenum Colour { Red }\nexport default a;", "odd.ts:2:1")]
    public async Task A_script_s_mistake_is_named_with_file_line_and_column(string file, string source, string position)
    {
        using var project = new TemporaryProject().AddHandler("http_hello").Write($"scripts/{file}", source);
        await using var server = await MikProcess.StartAsync(project.Directory);

        using var refused = await server.Client.GetAsync("/script/odd", Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        await server.WaitForLogAsync(position);
        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));
    }

    [Fact]
    public async Task Every_mistake_of_mik_toml_is_reported_at_once_with_line_key_and_what_is_allowed()
    {
        using var project = new TemporaryProject().Write("mik.toml", """
            [server]
            port = "many"
            execution_timeout_secs = 9000
            prot = 1
            """);

        var result = await MikProgram.RunAsync(project.Directory, ["run"]);

        Assert.Equal(1, result.ExitCode);
        var error = result.Error;
        Assert.Contains("mik.toml:2", error, StringComparison.Ordinal);
        Assert.Contains("server.port", error, StringComparison.Ordinal);
        Assert.Contains("mik.toml:3", error, StringComparison.Ordinal);
        Assert.Contains("execution_timeout_secs", error, StringComparison.Ordinal);
        Assert.Contains("300", error, StringComparison.Ordinal);
        Assert.Contains("prot", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_syntax_error_of_mik_toml_is_placed()
    {
        using var project = new TemporaryProject().Write("mik.toml", "[server]\nport = = 3\n");

        var result = await MikProgram.RunAsync(project.Directory, ["run"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("mik.toml:2:8", result.Error, StringComparison.Ordinal);
    }
}
