using System.Net;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>The life of the process: start, what it says, stop.</summary>
public sealed class RunTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serves_handlers_and_scripts_and_says_where()
    {
        using var project = new TemporaryProject()
            .Write("mik.toml", "[project]\nname = 'greeter'\n")
            .AddHandler("http_hello")
            .Write("scripts/greet.ts", """
                import { script, ok } from "mik-sdk";
                export default script(async (req, host) => ok({ said: (await host.call("http_hello")).body as string }));
                """);
        await using var server = await MikProcess.StartAsync(project.Directory);

        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));
        Assert.Equal("""{"said":"hello\n"}""", await server.Client.GetStringAsync("/script/greet", Cancellation));
        Assert.StartsWith("greeter 0.1.0\n", server.Output, StringComparison.Ordinal);
        Assert.Contains("http_hello", server.Output, StringComparison.Ordinal);
        Assert.Contains("greet", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', server.Output + server.Log);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Signal_ends_it_with_exit_code_0(string signal)
    {
        using var project = new TemporaryProject().AddHandler("http_hello");
        await using var server = await MikProcess.StartAsync(project.Directory);

        await server.SignalAsync(signal);

        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task Request_in_flight_is_answered_before_it_ends()
    {
        using var project = new TemporaryProject().AddHandler("http_echo");
        await using var server = await MikProcess.StartAsync(project.Directory);
        using var request = await HalfSentRequest.StartAsync(server.Address);

        await server.SignalAsync("TERM");
        await server.WaitForLogAsync("Shutting down");

        Assert.EndsWith("cd", await request.FinishAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task Second_signal_ends_it_at_once()
    {
        using var project = new TemporaryProject().AddHandler("http_echo").Write("mik.toml", "[server]\nexecution_timeout_secs = 300\nshutdown_timeout_secs = 300\n");
        await using var server = await MikProcess.StartAsync(project.Directory);
        using var request = await HalfSentRequest.StartAsync(server.Address);

        await server.SignalAsync("TERM");
        await server.WaitForLogAsync("Shutting down");
        await server.SignalAsync("TERM");

        // The request is never finished: only the timeouts of five minutes would end it, and those this does not wait for.
        await server.WaitForExitAsync();
    }

    [Fact]
    public async Task Single_component_is_served_by_the_name_of_its_file()
    {
        using var project = new TemporaryProject();
        await using var server = await MikProcess.StartAsync(project.Directory, TemporaryProject.Guest("http_hello"));

        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));
    }

    [Fact]
    public async Task Broken_handler_and_script_are_named_and_do_not_keep_the_others_from_being_served()
    {
        using var project = new TemporaryProject()
            .AddHandler("http_hello")
            .AddHandler("broken_off")
            .Write("scripts/odd.ts", "export default (\n  oops oops\n)");
        await using var server = await MikProcess.StartAsync(project.Directory);

        await server.WaitForLogAsync("broken_off");
        await server.WaitForLogAsync("odd.ts:2");
        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));
        using var refused = await server.Client.GetAsync("/run/broken_off/", Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
    }

    [Fact]
    public async Task Environment_sets_what_the_file_does_not_want_otherwise()
    {
        using var project = new TemporaryProject().AddHandler("http_echo");
        await using var server = await MikProcess.StartAsync(project.Directory, [], [new("MIK_MAX_BODY_SIZE_MB", "0")]);

        using var refused = await server.Client.PostAsync("/run/http_echo/", new StringContent("x"), Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task Log_is_json_lines_when_nobody_watches()
    {
        using var project = new TemporaryProject().AddHandler("http_hello");
        await using var server = await MikProcess.StartAsync(project.Directory);
        await server.Client.GetStringAsync("/run/http_hello/", Cancellation);
        await server.StopAsync();

        var lines = server.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, static line => System.Text.Json.JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task Help_names_the_commands()
    {
        var result = await MikProgram.RunAsync(Path.GetTempPath(), ["--help"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("run", result.Output, StringComparison.Ordinal);
        Assert.Contains("check", result.Output, StringComparison.Ordinal);
    }
}
