using System.Text;
using Microsoft.Extensions.Logging;
using Mik.Scripting;
using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Hosting;
using Xunit;

namespace Mik.Server.Tests.Fakes;

/// <summary>A real server on a free port whose handlers and scripts are functions of the test.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;

    private TestServer(DirectoryInfo directory, MikServer server, HttpClient client) =>
        (_directory, Server, Client) = (directory, server, client);

    public MikServer Server { get; }

    public HttpClient Client { get; }

    /// <summary>The project's directory.</summary>
    public string Directory => _directory.FullName;

    public string ScriptsDirectory => Path.Combine(_directory.FullName, "scripts");

    /// <summary>A script's answer in plain text.</summary>
    public static ScriptAnswer Text(string text, int status = 200) =>
        new(status, [new ScriptHeader("content-type", "text/plain")], Encoding.UTF8.GetBytes(text));

    public static async Task<TestServer> StartAsync(
        IReadOnlyDictionary<string, Func<FakeRun, HandlerEnd>>? handlers = null,
        IReadOnlyDictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>? scripts = null,
        Func<MikConfig, MikConfig>? configure = null,
        Func<MikServerOptions, MikServerOptions>? options = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("mik-server-tests");
        foreach (var name in handlers?.Keys ?? [])
        {
            Write(directory, Path.Combine(IsOfTenant(name) ? "user-modules" : "modules", name + ".wasm"));
        }

        foreach (var name in scripts?.Keys ?? [])
        {
            Write(directory, Path.Combine(IsOfTenant(name) ? "user-scripts" : "scripts", name + ".ts"));
        }

        var hasTenants = (handlers?.Keys ?? []).Concat(scripts?.Keys ?? []).Any(IsOfTenant);
        var config = new MikConfig
        {
            Directory = directory.FullName,
            Server = new ServerConfig
            {
                Port = 0,
                UserModules = hasTenants ? "user-modules" : null,
                UserScripts = hasTenants ? "user-scripts" : null,
            },
        };
        var settings = new MikServerOptions
        {
            LoadHandler = (_, name) => new FakeHandler(handlers![name]),
            LoadScript = file => new FakeScript(scripts![ScriptName(directory, file)], file),
        };
        var server = await MikServer.StartAsync(
            configure?.Invoke(config) ?? config, options?.Invoke(settings) ?? settings, TestContext.Current.CancellationToken);
        var client = new HttpClient { BaseAddress = new Uri(server.Url), Timeout = TimeSpan.FromSeconds(60) };
        return new TestServer(directory, server, client);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(path, TestContext.Current.CancellationToken);

    public Task<string> GetStringAsync(string path) => Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    // Handlers and scripts of tenants are named tenant/name.
    private static bool IsOfTenant(string name) => name.Contains('/', StringComparison.Ordinal);

    private static string ScriptName(DirectoryInfo directory, string file) =>
        Path.ChangeExtension(Path.GetRelativePath(directory.FullName, file), null).Split('/', 2)[1];

    private static void Write(DirectoryInfo directory, string relativePath)
    {
        var path = Path.Combine(directory.FullName, relativePath);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }
}

/// <summary>Keeps what was logged.</summary>
internal sealed class RecordingLoggerFactory : ILoggerFactory, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<Dictionary<string, object?>> _values = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The values of the entries, by name.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Values
    {
        get
        {
            lock (_gate)
            {
                return [.. _values];
            }
        }
    }

    /// <summary>Waits for a line: what a request logs last, it logs after its answer has been sent.</summary>
    public async Task WaitForAsync(Predicate<string> isWanted)
    {
        // Far above what it takes: only a line that never comes is meant to reach it.
        for (var attempt = 0; attempt < 6_000; attempt++)
        {
            if (Lines.Any(line => isWanted(line)))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }

        Assert.Fail($"The line was not logged. There is:\n{string.Join('\n', Lines)}");
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            _lines.Add($"{logLevel}: {formatter(state, exception)}");
            _values.Add((state as IEnumerable<KeyValuePair<string, object?>> ?? []).DistinctBy(static value => value.Key).ToDictionary());
        }
    }

    public void Dispose()
    {
    }
}
