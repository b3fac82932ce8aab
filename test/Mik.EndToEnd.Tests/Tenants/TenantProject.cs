using System.Net;
using Xunit;

namespace Mik.EndToEnd.Tests.Tenants;

/// <summary>One server with tenants who know each other's names and would like more than that.</summary>
public sealed class TenantProject : ServedProject
{
    private const string Caller = """
        import { script, ok } from "mik-sdk";
        export default script(async (req, host) => {
          try {
            const answer = await host.call(req.query.name, { path: req.query.path ?? "/" });
            return ok({ status: answer.status, body: answer.body, headers: answer.headers });
          } catch (problem) {
            return ok({ code: problem.code });
          }
        });
        """;

    // Were the two evaluated into one machine, or kept between requests, the numbers would meet.
    private const string Counter = """
        import { script, ok } from "mik-sdk";
        let count = 0;
        export default script(async () => { count++; globalThis.seen = (globalThis.seen ?? "") + "TENANT"; return ok({ count, seen: globalThis.seen }); });
        """;

    /// <summary>Asks with a path as it is, dots and all.</summary>
    internal async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions
        {
            DangerousDisablePathAndQueryCanonicalization = true,
        }));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimEnd());
    }

    /// <summary>Adds a guest of the fixtures under another name.</summary>
    internal void Add(string guest, string path)
    {
        var file = Path.Combine(Project.Directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(TemporaryProject.Guest(guest), file, overwrite: true);
    }

    internal void Link(string path, string target)
    {
        var link = Path.Combine(Project.Directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);
    }

    protected override void Prepare()
    {
        Project.Write("mik.toml", """
            [server]
            user_modules = "user-modules"
            user_scripts = "user-scripts"
            [tenants]
            shared = ["shared_echo"]
            [env]
            GREETING = "hello"
            """);
        Add("http_echo", "modules/shared_echo.wasm");
        Add("http_hello", "modules/private.wasm");
        Add("http_hello", "user-modules/acme/hello.wasm");
        Add("http_echo", "user-modules/acme/echo.wasm");
        Add("fault_trap", "user-modules/acme/fault.wasm");
        Add("http_hello", "user-modules/other/hello.wasm");
        Add("http_hello", "user-modules/other/secret.wasm");
        Add("fault_trap", "user-modules/other/fault.wasm");
        foreach (var tenant in (string[])["acme", "other"])
        {
            Project.Write($"user-scripts/{tenant}/caller.js", Caller);
            Project.Write($"user-scripts/{tenant}/counter.js", Counter.Replace("TENANT", tenant, StringComparison.Ordinal));
        }

        Project.Write("user-scripts/other/hidden.js", "import { script, ok } from 'mik-sdk';\nexport default script(async () => ok('secret'));\n");
        Project.Write("user-scripts/other/secrets.json", "{\"key\":\"secret\"}");
        Project.Write("scripts/platform.js", Caller);
        Link("user-modules/acme/stolen.wasm", "../other/secret.wasm");
        Link("user-modules/acme/platform.wasm", "../../modules/private.wasm");
        Link("user-modules/alias", "other");
        Link("user-scripts/acme/stolen.js", "../other/hidden.js");
        Link("user-scripts/acme/lib", "../other");
        Link("user-scripts/alias", "other");
    }
}

/// <summary>Tests that share <see cref="TenantProject"/>, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class TenantProjectTests : ICollectionFixture<TenantProject>
{
    public const string Name = "tenants";
}
