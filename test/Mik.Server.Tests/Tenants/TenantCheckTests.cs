using Mik.Server.Catalog;
using Mik.Server.Tenants;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Tenants;

public sealed class TenantCheckTests
{
    [Fact]
    public void Everything_of_every_tenant_is_loaded_and_what_is_wrong_is_named()
    {
        using var folder = new TenantFolder(static tenants => tenants with { Shared = ["auth"] })
            .Write("user-modules/acme/orders.wasm", "fine")
            .Write("user-modules/acme/bad.wasm", "broken")
            .Write("user-modules/acme/script.wasm", "unreachable")
            .Write("user-modules/acme/notes.txt", "no handler")
            .Write("user-modules/other/secret.wasm", "fine")
            .Link("user-modules/acme/stolen.wasm", "../other/secret.wasm")
            .Link("user-modules/alias", "other")
            .Write("user-scripts/acme/hello.ts", "fine")
            .Write("user-scripts/acme/twice.ts", "fine")
            .Write("user-scripts/acme/twice.js", "fine")
            .Write("user-scripts/third/lib/money.ts", "no script");

        var found = new TenantCheck(folder.Environment).Run(new HandlerCatalog([]), TestContext.Current.CancellationToken);

        Assert.Equal(["acme/bad", "acme/orders", "acme/script", "acme/stolen", "other/secret"], found.Handlers);
        Assert.Equal(["acme/hello", "acme/twice"], found.Scripts);
        Assert.Equal(4, found.Tenants);
        Assert.Equal(
            [
                "handler acme/bad: not a component",
                "handler acme/script: its path is that of the tenant's scripts",
                "handler acme/stolen: the handler's file is not in its tenant's directory",
                "script acme/twice: script 'twice' is defined by more than one file: twice.ts, twice.js",
                "tenant alias: its directory is a link, which names no tenant",
                "tenants.shared: there is no handler 'auth'",
            ],
            found.Broken);
    }

    [Fact]
    public void Without_directories_there_is_nothing_to_say()
    {
        using var folder = new TenantFolder();

        var found = new TenantCheck(folder.Environment).Run(new HandlerCatalog([]), TestContext.Current.CancellationToken);

        Assert.Equal((0, 0), (found.Tenants, found.Broken.Count));
    }
}
