using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>One server with every guest and script of the fixtures under short limits, for all tests of a class.</summary>
public sealed class HostileProject : IAsyncLifetime
{
    private readonly TemporaryProject _project = new();

    private MikProcess? _server;

    internal MikProcess Server => _server ?? throw new InvalidOperationException("The server did not start.");

    public async ValueTask InitializeAsync()
    {
        _project.Write("mik.toml", """
            [server]
            execution_timeout_secs = 3
            memory_limit_mb = 16
            script_cpu_ms = 3000
            script_timeout_secs = 60
            script_memory_mb = 32
            [breaker]
            failures = 1000
            """);
        var fixtures = Path.Combine(RepositoryRoot.Path, "fixtures");
        foreach (var guest in Directory.GetFiles(Path.Combine(fixtures, "guests", "built"), "*.wasm"))
        {
            _project.AddHandler(Path.GetFileNameWithoutExtension(guest));
        }

        foreach (var script in Directory.GetFiles(Path.Combine(fixtures, "scripts"), "*.js"))
        {
            _project.Write($"scripts/{Path.GetFileName(script)}", await File.ReadAllTextAsync(script));
        }

        _server = await MikProcess.StartAsync(_project.Directory);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            // Alive to the end, and still able to stop in order.
            Assert.Equal(0, await _server.StopAsync());
            await _server.DisposeAsync();
        }

        _project.Dispose();
    }
}
