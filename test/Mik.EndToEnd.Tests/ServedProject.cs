using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>One server with a project of its own, for all tests of a class or a collection.</summary>
public abstract class ServedProject : IAsyncLifetime
{
    private MikProcess? _server;

    internal MikProcess Server => _server ?? throw new InvalidOperationException("The server did not start.");

    internal TemporaryProject Project { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Prepare();
        _server = await MikProcess.StartAsync(Project.Directory);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            // Alive to the end, and still able to stop in order.
            Assert.Equal(0, await _server.StopAsync());
            await _server.DisposeAsync();
        }

        await CloseAsync();
        Project.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes the project.</summary>
    protected abstract void Prepare();

    /// <summary>Gives back what stands beside the server.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;
}
