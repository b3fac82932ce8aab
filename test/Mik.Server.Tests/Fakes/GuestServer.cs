using Mik.Server.Configuration;
using Mik.Server.Hosting;
using Mik.TestKit;
using Xunit;

namespace Mik.Server.Tests.Fakes;

/// <summary>One server with the well-behaved and the ill-behaved guests, for all tests of a class: what one does must not harm another.</summary>
public sealed class FixtureServer : IAsyncLifetime
{
    internal GuestServer Guests { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Guests = await GuestServer.StartAsync("fixtures", static config => config with
    {
        Modules = "guests/built",
        MemoryLimitMb = 16,
        ExecutionTimeoutSecs = 4,
        ScriptCpuMs = 4000,
        ScriptMemoryMb = 16,
        ScriptTimeoutSecs = 300,
    });

    public ValueTask DisposeAsync() => Guests.DisposeAsync();
}

/// <summary>A real server with real guests out of the repository's fixtures.</summary>
internal sealed class GuestServer : IAsyncDisposable
{
    private GuestServer(MikServer server, RecordingLoggerFactory log)
    {
        Server = server;
        Log = log;
        Client = new HttpClient { BaseAddress = new Uri(server.Url) };
    }

    public MikServer Server { get; }

    public RecordingLoggerFactory Log { get; }

    public HttpClient Client { get; }

    public static async Task<GuestServer> StartAsync(string directory, Func<ServerConfig, ServerConfig>? configure = null)
    {
        var server = new ServerConfig { Port = 0 };
        var config = new MikConfig
        {
            Directory = Path.Combine(RepositoryRoot.Path, directory),
            Server = configure?.Invoke(server) ?? server,
        };
        var log = new RecordingLoggerFactory();
        return new GuestServer(
            await MikServer.StartAsync(config, new MikServerOptions { LoggerFactory = log }, TestContext.Current.CancellationToken), log);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(path, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
