using System.Net;
using System.Runtime.Loader;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Hosting;
using Mik.Server.Tests.Fakes;
using Mik.TestKit;
using Xunit;

namespace Mik.Server.Tests.Hosting;

/// <summary>What a running server takes up, and what it goes on with.</summary>
public sealed class ServedProjectTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mik-served").FullName;
    private readonly RecordingLoggerFactory _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        _log.Dispose();
    }

    [Fact]
    public async Task A_request_in_flight_ends_with_the_configuration_it_began_with()
    {
        var goOn = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        Add("a.wasm");
        await using var server = await StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["a"] = run =>
            {
                entered.TrySetResult();
                goOn.Task.Wait(run.Stop);
                return run.Answer("a");
            },
        });
        using var client = ClientOf(server);
        var inFlight = client.GetStringAsync("/run/a/", Cancellation);
        await entered.Task.WaitAsync(Cancellation);

        await server.ReloadAsync(Config with { Server = Config.Server with { Port = 0, MaxBodySizeMb = 0 } }, Cancellation);

        using var refused = await client.PostAsync("/run/a/", new StringContent("x"), Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        goOn.SetResult();
        Assert.Equal("a", await inFlight);
    }

    [Fact]
    public async Task Other_directories_are_served_after_a_reload()
    {
        Add("a.wasm");
        Directory.CreateDirectory(Path.Combine(_directory, "other"));
        File.WriteAllText(Path.Combine(_directory, "other", "b.wasm"), "");
        await using var server = await StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["a"] = run => run.Answer("a"), ["b"] = run => run.Answer("b") });
        using var client = ClientOf(server);

        await server.ReloadAsync(Config with { Server = Config.Server with { Modules = "other" } }, Cancellation);

        Assert.Equal("b", await client.GetStringAsync("/run/b/", Cancellation));
        using var gone = await client.GetAsync("/run/a/", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(["b"], server.Handlers);
    }

    [Fact]
    public async Task A_configuration_that_is_refused_changes_nothing_and_health_says_so()
    {
        Add("a.wasm");
        await using var server = await StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["a"] = run => run.Answer("a") });
        using var client = ClientOf(server);
        foreach (var name in (string[])["twice.js", "twice.ts"])
        {
            Directory.CreateDirectory(Path.Combine(_directory, "others"));
            File.WriteAllText(Path.Combine(_directory, "others", name), "export default () => 1;");
        }

        await Assert.ThrowsAsync<MikStartException>(() =>
            server.ReloadAsync(Config with { Server = Config.Server with { Scripts = "others", MaxBodySizeMb = 0 } }, Cancellation));

        using (var answer = await client.PostAsync("/run/a/", new StringContent("x"), Cancellation))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal("refused", await HealthAsync(client, "configuration"));
        await server.ReloadAsync(Config, Cancellation);
        Assert.Equal("current", await HealthAsync(client, "configuration"));
    }

    [Fact]
    public async Task What_only_a_start_can_change_is_named()
    {
        await using var server = await StartAsync(new Dictionary<string, Func<FakeRun, HandlerEnd>>());

        await server.ReloadAsync(Config with { Server = Config.Server with { Port = 1 } }, Cancellation);

        Assert.Contains(_log.Lines, static line => line.StartsWith("Warning: server.port has changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_that_changed_for_the_worse_answers_as_before_and_is_stale()
    {
        Add("a.wasm");
        await using var server = await StartAsync(
            new Dictionary<string, Func<FakeRun, HandlerEnd>> { ["a"] = run => run.Answer("a") }, broken: "broken");
        using var client = ClientOf(server);

        Add("a.wasm", "broken");
        await server.ReloadHandlersAsync(Cancellation);

        Assert.Equal("a", await client.GetStringAsync("/run/a/", Cancellation));
        Assert.Equal("1", await HealthAsync(client, "stale_handlers"));
        Assert.Contains("\"stale\"", await client.GetStringAsync("/_mik/handlers", Cancellation), StringComparison.Ordinal);
        File.Delete(Path.Combine(_directory, "modules", "a.wasm"));
        await server.ReloadHandlersAsync(Cancellation);
        using var gone = await client.GetAsync("/run/a/", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Code_that_was_replaced_is_unloaded()
    {
        var file = Path.Combine(_directory, "modules", "come_and_go.wasm");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(Path.Combine(RepositoryRoot.Path, "fixtures", "guests", "built", "http_hello.wasm"), file);
        await using var server = await MikServer.StartAsync(Config, new MikServerOptions { LoggerFactory = _log }, Cancellation);
        using var client = ClientOf(server);
        for (var version = 1; version <= 5; version++)
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, version, 0, 0, 0, DateTimeKind.Utc));
            await server.ReloadHandlersAsync(Cancellation);

            // The current version stays whole, however often garbage is collected before its code is first used.
            Collect();
            Assert.Equal("hello\n", await client.GetStringAsync("/run/come_and_go/", Cancellation));
        }

        var versions = Loaded();
        for (var attempt = 0; attempt < 100 && versions > 2; attempt++)
        {
            Collect();
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
            versions = Loaded();
        }

        // A guest thread that waits for work may still know the last but one.
        Assert.InRange(versions, 1, 2);

        // Each module of a component has a context of its own.
        static int Loaded() => AssemblyLoadContext.All.Count(static context => context.IsCollectible && context.Name == "come_and_go#0");

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [Fact]
    public async Task Code_of_idle_tenants_is_unloaded_and_nothing_else_of_them_stays()
    {
        const int Tenants = 3;
        var time = new FakeTimeProvider();
        for (var i = 0; i < Tenants; i++)
        {
            var file = Path.Combine(_directory, $"user-modules/passing{i}/hello.wasm");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.Copy(Path.Combine(RepositoryRoot.Path, "fixtures", "guests", "built", "http_hello.wasm"), file);
            var script = Path.Combine(_directory, $"user-scripts/passing{i}/greet.ts");
            Directory.CreateDirectory(Path.GetDirectoryName(script)!);
            await File.WriteAllTextAsync(script, "export default (): string => 'hello';", Cancellation);
        }

        var config = Config with { Server = Config.Server with { UserModules = "user-modules", UserScripts = "user-scripts" } };
        await using var server = await MikServer.StartAsync(config, new MikServerOptions { LoggerFactory = _log, TimeProvider = time }, Cancellation);
        using var client = ClientOf(server);
        for (var i = 0; i < Tenants; i++)
        {
            Assert.Equal("hello\n", await client.GetStringAsync($"/tenant/passing{i}/hello/", Cancellation));
            Assert.Equal("\"hello\"", await client.GetStringAsync($"/tenant/passing{i}/script/greet", Cancellation));
        }

        Assert.True(Loaded() >= Tenants);
        for (var attempt = 0; attempt < 100 && Loaded() > 0; attempt++)
        {
            time.Advance(TimeSpan.FromSeconds(config.Tenants.IdleSecs));
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }

        Assert.Equal(0, Loaded());
        Assert.Equal("""{"tenants":[]}""", await client.GetStringAsync("/_mik/tenants", Cancellation));

        static int Loaded() => AssemblyLoadContext.All.Count(static context => context.Name?.StartsWith("passing", StringComparison.Ordinal) == true);
    }

    private MikConfig Config => new() { Directory = _directory, Server = new ServerConfig { Port = 0 } };

    private static HttpClient ClientOf(MikServer server) => new() { BaseAddress = new Uri(server.Url), Timeout = TimeSpan.FromSeconds(60) };

    private static async Task<string> HealthAsync(HttpClient client, string name) =>
        JsonElement.Parse(await client.GetStringAsync("/health", Cancellation)).GetProperty(name).ToString();

    private Task<MikServer> StartAsync(Dictionary<string, Func<FakeRun, HandlerEnd>> handlers, string? broken = null) => MikServer.StartAsync(
        Config,
        new MikServerOptions
        {
            LoggerFactory = _log,
            LoadHandler = (binary, name) => binary.Length > 0 && binary.Length == broken?.Length
                ? throw new InvalidDataException("not a component")
                : new FakeHandler(handlers[name]),
        },
        Cancellation);

    private void Add(string name, string text = "")
    {
        Directory.CreateDirectory(Path.Combine(_directory, "modules"));
        File.WriteAllText(Path.Combine(_directory, "modules", name), text);
    }
}
