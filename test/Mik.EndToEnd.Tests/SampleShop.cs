using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>One server with the sample shop, for all tests of a class.</summary>
public sealed class SampleShop : IAsyncLifetime
{
    private MikProcess? _server;

    internal MikProcess Server => _server ?? throw new InvalidOperationException("The server did not start.");

    public async ValueTask InitializeAsync() => _server = await MikProcess.StartAsync(Path.Combine(RepositoryRoot.Path, "samples", "shop"));

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
