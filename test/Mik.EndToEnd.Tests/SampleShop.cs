using Mik.TestKit;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>One server with the sample shop, for all tests of a class.</summary>
public sealed class SampleShop : IAsyncLifetime
{
    internal MikProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await MikProcess.StartAsync(Path.Combine(RepositoryRoot.Path, "samples", "shop"));

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
