using Mik.Server.Admission;
using Mik.Server.Execution;
using Mik.Server.Observability;
using Mik.Server.Tenants;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Tenants;

public sealed class TenantCatalogTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    private readonly TenantFolder _folder = new TenantFolder()
        .Write("user-modules/acme/orders.wasm", "acme's")
        .Write("user-modules/other/orders.wasm", "other's")
        .Write("user-scripts/scripted/hello.ts", "hello");

    private readonly TenantCatalog _catalog;

    public TenantCatalogTests() => _catalog = new TenantCatalog(_folder.Environment);

    public void Dispose()
    {
        _catalog.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_tenant_is_one_object_for_as_long_as_it_is_used()
    {
        var acme = _catalog.Find("acme");

        Assert.NotNull(acme);
        Assert.Same(acme, _catalog.Find("acme"));
        Assert.NotSame(acme, _catalog.Find("other"));
        Assert.NotNull(_catalog.Find("scripted"));
        Assert.Equal(["acme", "other", "scripted"], _catalog.Known.Select(static tenant => tenant.Name));
        Assert.Equal(0, _folder.Loads);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("ACME")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("acme/")]
    [InlineData("acme/../other")]
    [InlineData("../user-modules/acme")]
    [InlineData("acme\0")]
    public void Names_nobody_has_leave_nothing_behind(string name)
    {
        Assert.Null(_catalog.Find(name));
        Assert.Empty(_catalog.Known);
    }

    [Fact]
    public void A_tenant_that_comes_later_is_found_as_soon_as_it_is_there()
    {
        Assert.Null(_catalog.Find("late"));
        _folder.Write("user-modules/late/a.wasm", "late");
        var late = _catalog.Find("late");
        Assert.NotNull(late);
        Assert.Null(late.Scripts);
        _folder.Write("user-scripts/late/b.ts", "later");

        Assert.NotNull(late.Scripts);
    }

    [Fact]
    public void Handlers_and_then_the_tenant_are_forgotten_when_idle()
    {
        Assert.Equal("acme's", Ask("acme"));
        _folder.Time.Advance(Idle / 2);
        Assert.Equal("other's", Ask("other"));
        _folder.Time.Advance(Idle * 3 / 4);

        Assert.Equal(["other"], _catalog.Known.Select(static tenant => tenant.Name));
        _folder.Time.Advance(Idle);
        Assert.Empty(_catalog.Known);
        Assert.Equal("acme's", Ask("acme"));
        Assert.Equal(3, _folder.Loads);
    }

    [Fact]
    public void A_tenant_whose_breaker_is_open_is_remembered()
    {
        Assert.True(_catalog.Find("acme")!.TryFind("orders", out var entry));
        for (var i = 0; i < 5; i++)
        {
            Assert.True(entry.State.Breaker.TryEnter(out var ticket, out _));
            entry.State.Breaker.Report(ticket, CallVerdict.Failed);
        }

        // Its break is thirty seconds long.
        _folder.Time.Advance(TimeSpan.FromSeconds(29));
        _catalog.LetGoIdle();
        Assert.Single(_catalog.Known);
        _folder.Time.Advance(2 * Idle);
        Assert.Empty(_catalog.Known);
    }

    [Fact]
    public void A_handler_whose_file_is_gone_is_gone()
    {
        Assert.Equal("acme's", Ask("acme"));
        File.Delete(_folder.PathOf("user-modules/acme/orders.wasm"));
        _folder.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(_catalog.Find("acme")!.TryFind("orders", out _));
        _folder.Write("user-modules/acme/orders.wasm", "anew");
        Assert.Equal("anew", Ask("acme"));
    }

    [Fact]
    public void Another_tenant_s_handlers_do_not_exist()
    {
        _folder.Write("user-modules/other/secret.wasm", "other's");

        Assert.False(_catalog.Find("acme")!.TryFind("secret", out _));
        Assert.True(_catalog.Find("other")!.TryFind("secret", out _));
    }

    private string Ask(string tenant)
    {
        Assert.True(_catalog.Find(tenant)!.TryFind("orders", out var entry));
        Assert.Equal($"{tenant}/orders", entry.Name);
        string? text = null;
        entry.Program!.Run(
            new HandlerRequest { Method = "GET", PathAndQuery = "/", Authority = "localhost", Headers = [], Body = Stream.Null, RequestId = "1", Trace = TraceContext.From(null, null) },
            response => text = System.Text.Encoding.UTF8.GetString(response.Body.ReadAsync(TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult().Span),
            TestContext.Current.CancellationToken);
        return text!;
    }
}
