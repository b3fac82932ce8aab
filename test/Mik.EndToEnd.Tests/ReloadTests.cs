using System.Collections.Concurrent;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary><c>mik run</c> takes up what changes while clients ask, and none of them notices but by the answer.</summary>
public sealed class ReloadTests
{
    private static readonly string[] Paths = ["/run/http_hello/", "/script/greet"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handlers_and_the_configuration_change_under_load_without_a_failed_request()
    {
        using var project = new TemporaryProject()
            .AddHandler("http_hello")
            .Write("mik.toml", "")
            .Write("scripts/greet.js", """
                import { script, ok } from "mik-sdk";
                export default script(async (req, host) => ok((await host.call("http_hello")).status));
                """);
        await using var server = await MikProcess.StartAsync(project.Directory);
        using var done = new CancellationTokenSource();
        var failures = new ConcurrentQueue<string>();
        var clients = Paths.Select(path => AskUntilAsync(server.Client, path, failures, done.Token)).ToList();

        for (var round = 1; round <= 3; round++)
        {
            Replace(project, "http_hello", round % 2 == 0 ? "http_hello" : "http_status");
            await server.WaitUntilAsync(() => Task.FromResult(Count(server.Log, "was loaded again") >= round), "the handler is not taken up");
            project.Write("mik.toml", $"[server]\nmax_body_size_mb = {round}\n[env]\nROUND = \"{round}\"\n");
            await server.WaitUntilAsync(() => Task.FromResult(Count(server.Log, "The configuration was loaded again") >= round), "mik.toml is not taken up");
        }

        await done.CancelAsync();
        Assert.All(await Task.WhenAll(clients), static answers => Assert.True(answers > 0));
        Assert.Empty(failures);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task What_changed_for_the_worse_is_reported_and_not_served()
    {
        using var project = new TemporaryProject().AddHandler("http_hello").Write("mik.toml", "");
        await using var server = await MikProcess.StartAsync(project.Directory);

        File.WriteAllText(Path.Combine(project.Directory, "modules", "http_hello.wasm"), "no component");
        await server.WaitForLogAsync("its former version goes on answering");
        project.Write("mik.toml", "[server]\nmax_body_size_mb = 'much'\n");
        await server.WaitForLogAsync("mik.toml:2:20: server.max_body_size_mb");

        Assert.Equal("hello\n", await server.Client.GetStringAsync("/run/http_hello/", Cancellation));
        var health = JsonElement.Parse(await server.Client.GetStringAsync("/health", Cancellation));
        Assert.Equal("refused", health.GetProperty("configuration").GetString());
        Assert.Equal(1, health.GetProperty("stale_handlers").GetInt32());
        Assert.Contains("\"stale\"", await server.Client.GetStringAsync("/_mik/handlers", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_looking_for_changes_a_signal_takes_them_up()
    {
        using var project = new TemporaryProject().AddHandler("http_hello").Write("mik.toml", "[server]\nreload = false\n");
        await using var server = await MikProcess.StartAsync(project.Directory);

        project.AddHandler("http_status");
        await server.SignalAsync("HUP");

        await server.WaitForLogAsync("The configuration was loaded again");
        Assert.Equal("{\"code\":200}", await server.Client.GetStringAsync("/run/http_status/", Cancellation));
        Assert.Equal(0, await server.StopAsync());
    }

    private static void Replace(TemporaryProject project, string handler, string guest)
    {
        var file = Path.Combine(project.Directory, "modules", $"{handler}.wasm");
        File.Copy(TemporaryProject.Guest(guest), file + ".new");
        File.Move(file + ".new", file, overwrite: true);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static async Task<int> AskUntilAsync(HttpClient client, string path, ConcurrentQueue<string> failures, CancellationToken done)
    {
        var answers = 0;
        for (; !done.IsCancellationRequested; answers++)
        {
            try
            {
                using var answer = await client.GetAsync(path, Cancellation);
                var text = await answer.Content.ReadAsStringAsync(Cancellation);
                if (!answer.IsSuccessStatusCode)
                {
                    failures.Enqueue($"{(int)answer.StatusCode} {text}");
                }
            }
            catch (HttpRequestException lost)
            {
                failures.Enqueue(lost.ToString());
            }
        }

        return answers;
    }
}
