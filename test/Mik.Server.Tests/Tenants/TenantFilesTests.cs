using Mik.Server.Routing;
using Mik.Server.Tenants;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Tenants;

public sealed class TenantFilesTests : IDisposable
{
    private readonly TenantFolder _folder = new TenantFolder()
        .Write("modules/auth.wasm", "platform's")
        .Write("user-modules/acme/orders.wasm", "acme's")
        .Write("user-modules/other/secret.wasm", "other's")
        .Write("user-modules/file", "no tenant");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("acme", true)]
    [InlineData("other", true)]
    [InlineData("Acme", false)]
    [InlineData("ACME", false)]
    [InlineData("acme.", false)]
    [InlineData("acme ", false)]
    [InlineData("file", false)]
    [InlineData("absent", false)]
    [InlineData("linked", false)]
    public void A_tenant_is_a_directory_of_exactly_that_name(string tenant, bool exists)
    {
        _folder.Link("user-modules/linked", "acme");

        Assert.Equal(exists, TenantFiles.DirectoryOf(_folder.Config.UserModulesDirectory, tenant) is not null);
    }

    [Fact]
    public void Without_a_directory_for_tenants_there_are_none() => Assert.Null(TenantFiles.DirectoryOf(null, "acme"));

    [Theory]
    [InlineData("orders", true)]
    [InlineData("Orders", false)]
    [InlineData("ORDERS", false)]
    [InlineData("orders.wasm", false)]
    [InlineData("secret", false)]
    [InlineData("../other/secret", false)]
    [InlineData("..", false)]
    [InlineData("", false)]
    [InlineData("orders\0", false)]
    [InlineData("alias", true)]
    [InlineData("deep", true)]
    [InlineData("stolen", false)]
    [InlineData("climbing", false)]
    [InlineData("platform", false)]
    [InlineData("absolute", false)]
    [InlineData("through", false)]
    [InlineData("circle", false)]
    [InlineData("dangling", false)]
    public void A_handler_is_a_file_in_the_tenant_s_own_directory_after_all_links(string name, bool exists)
    {
        _folder
            .Link("user-modules/acme/alias.wasm", "orders.wasm")
            .Write("user-modules/acme/.data/deep.wasm", "acme's, deeper")
            .Link("user-modules/acme/deep.wasm", ".data/deep.wasm")
            .Link("user-modules/acme/stolen.wasm", "../other/secret.wasm")
            .Link("user-modules/acme/climbing.wasm", "../acme/../other/secret.wasm")
            .Link("user-modules/acme/platform.wasm", "../../modules/auth.wasm")
            .Link("user-modules/acme/absolute.wasm", _folder.PathOf("user-modules/other/secret.wasm"))
            .Link("user-modules/acme/.out", "../other")
            .Link("user-modules/acme/through.wasm", ".out/secret.wasm")
            .Link("user-modules/acme/circle.wasm", "circle.wasm")
            .Link("user-modules/acme/dangling.wasm", "nothing.wasm");
        var files = new TenantFiles(_folder.PathOf("user-modules/acme"));

        Assert.Equal(exists, files.Has(name));
        if (exists)
        {
            Assert.StartsWith("acme's", System.Text.Encoding.UTF8.GetString(files.Read(name)), StringComparison.Ordinal);
        }
        else if (EntryName.Problem(name) is null)
        {
            Assert.ThrowsAny<IOException>(() => files.Read(name));
        }
    }

    [Fact]
    public void A_link_that_is_turned_to_another_file_is_a_change()
    {
        _folder.Write("user-modules/acme/v1", "1").Write("user-modules/acme/v2", "12").Link("user-modules/acme/app.wasm", "v1");
        var files = new TenantFiles(_folder.PathOf("user-modules/acme"));
        var before = files.StampOf("app");
        File.Delete(_folder.PathOf("user-modules/acme/app.wasm"));
        _folder.Link("user-modules/acme/app.wasm", "v2");

        Assert.NotEqual(before, files.StampOf("app"));
    }
}
