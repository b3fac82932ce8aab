using System.Net;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests.Tenants;

/// <summary>Tenants come, change and go while the server runs.</summary>
[Collection(TenantProjectTests.Name)]
public sealed class ReloadTests(TenantProject project)
{
    [Fact]
    public async Task A_new_tenant_s_handlers_and_scripts_answer_at_once()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await project.GetAsync("/tenant/new/hello/")).Status);
        project.Add("http_hello", "user-modules/new/hello.wasm");
        Assert.Equal((HttpStatusCode.OK, "hello"), await project.GetAsync("/tenant/new/hello/"));
        project.Project.Write("user-scripts/new/a.js", "import { script, ok } from 'mik-sdk';\nexport default script(async () => ok(1));\n");

        Assert.Equal((HttpStatusCode.OK, "1"), await project.GetAsync("/tenant/new/script/a"));
    }

    [Fact]
    public async Task A_good_version_takes_the_former_one_s_place_and_a_bad_one_does_not()
    {
        project.Add("http_hello", "user-modules/changing/app.wasm");
        Assert.Equal((HttpStatusCode.OK, "hello"), await project.GetAsync("/tenant/changing/app/"));

        project.Add("http_status", "user-modules/changing/app.wasm");
        await project.Server.WaitUntilAsync(
            async () => (await project.GetAsync("/tenant/changing/app/?code=418")).Status == (HttpStatusCode)418, "the new version does not answer");

        project.Add("broken_off", "user-modules/changing/app.wasm");
        Assert.Equal((HttpStatusCode)418, (await project.GetAsync("/tenant/changing/app/?code=418")).Status);
        await project.Server.WaitForLogAsync("Handler changing/app cannot be loaded");
        Assert.Equal((HttpStatusCode)418, (await project.GetAsync("/tenant/changing/app/?code=418")).Status);
        var listed = JsonElement.Parse((await project.GetAsync("/_mik/handlers")).Body).GetProperty("handlers").EnumerateArray()
            .Single(static handler => handler.TryGetProperty("tenant", out var tenant) && tenant.GetString() == "changing");
        Assert.Equal("stale", listed.GetProperty("status").GetString());

        File.Delete(Path.Combine(project.Project.Directory, "user-modules/changing/app.wasm"));
        await project.Server.WaitUntilAsync(
            async () => (await project.GetAsync("/tenant/changing/app/")).Status == HttpStatusCode.NotFound, "the handler does not go with its file");
    }

    [Fact]
    public async Task One_that_cannot_be_loaded_answers_500_and_its_neighbours_answer()
    {
        project.Add("not_a_component", "user-modules/half/bad.wasm");
        project.Add("http_hello", "user-modules/half/good.wasm");

        var (status, body) = await project.GetAsync("/tenant/half/bad/");

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Contains("urn:mik:error:handler-unloadable", body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "hello"), await project.GetAsync("/tenant/half/good/"));
    }

    [Fact]
    public async Task What_nobody_asks_for_leaves_memory_and_answers_again()
    {
        using var directory = new TemporaryProject();
        directory.Write("mik.toml", "[server]\nuser_modules = 'user-modules'\nuser_scripts = 'user-scripts'\n[tenants]\nidle_secs = 1\n")
            .Write("user-scripts/acme/a.js", "import { script, ok } from 'mik-sdk';\nexport default script(async () => ok(1));\n")
            .Write("user-modules/acme/hello.wasm", "");
        File.Copy(TemporaryProject.Guest("http_hello"), Path.Combine(directory.Directory, "user-modules/acme/hello.wasm"), overwrite: true);
        await using var server = await MikProcess.StartAsync(directory.Directory);
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal("hello\n", await server.Client.GetStringAsync("/tenant/acme/hello/", TestContext.Current.CancellationToken));
            Assert.Equal("1", await server.Client.GetStringAsync("/tenant/acme/script/a", TestContext.Current.CancellationToken));

            await server.WaitUntilAsync(
                async () => await server.Client.GetStringAsync("/_mik/tenants", TestContext.Current.CancellationToken) == """{"tenants":[]}""",
                "the tenant does not leave memory");
        }
    }
}
