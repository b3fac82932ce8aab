using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace Mik.Sdk.Tests;

/// <summary>The package as it is published: installed from its tarball, in a project of somebody else.</summary>
public sealed class PackageTests(InstalledPackage project) : IClassFixture<InstalledPackage>
{
    private const string Checkout = """
        import { script, ok, error } from "mik-sdk";

        export default script(async (req, host) => {
          const [stock, price] = await Promise.all([
            host.call("inventory", { method: "POST", body: { sku: req.body.sku } }),
            host.call("pricing",   { method: "POST", body: { sku: req.body.sku } }),
          ]);
          if (stock.status !== 200) return error({ status: 409, title: "Out of stock", detail: req.body.sku });
          return ok({ available: stock.body.quantity > 0, price: price.body.price });
        });
        """;

    private const string CheckoutTest = """
        import { createTestHost, createTestRequest } from "mik-sdk/testing";
        import checkout from "./checkout";

        test("reserves stock", async () => {
          const host = createTestHost({ inventory: async () => ({ status: 200, body: { quantity: 2 } }), pricing: async () => ({ status: 200, body: { price: 7 } }) });
          const res = await checkout(createTestRequest({ method: "POST", body: { sku: "a" } }), host);
          expect(res.status).toBe(200);
        });
        """;

    [Fact]
    public void Holds_its_modules_and_declarations_and_nothing_else()
    {
        var sources = Directory.EnumerateFiles(NodeProgram.SdkDirectory).Concat(Directory.EnumerateFiles(Path.Combine(NodeProgram.SdkDirectory, "testing")))
            .Where(static f => f.EndsWith(".js", StringComparison.Ordinal) || f.EndsWith(".d.ts", StringComparison.Ordinal))
            .Select(static f => Path.GetRelativePath(NodeProgram.SdkDirectory, f).Replace('\\', '/'));

        Assert.Equal(sources.Concat(["LICENSE", "README.md", "package.json"]).Order(), project.PackedFiles.Order());
    }

    [Fact]
    public void Has_the_version_of_the_program()
    {
        using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(NodeProgram.SdkDirectory, "package.json")));
        var program = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src", "Mik.Cli", "Mik.Cli.csproj"));

        Assert.Equal(program.Descendants("Version").Single().Value, package.RootElement.GetProperty("version").GetString());
    }

    [Fact]
    public async Task Its_readme_tells_the_truth()
    {
        project.WithScripts(("checkout.ts", DocumentExample.InReadme("ts")), ("checkout.test.ts", DocumentExample.InReadme("ts", 1)));

        Assert.Equal("", await project.TypeCheckAsync());
        Assert.Equal(1, VitestReport.AssertAllPassed(await NodeProgram.VitestAsync(project.Directory, "--globals")));
    }

    [Fact]
    public async Task Types_a_script_and_its_test_strictly()
    {
        project.WithScripts(("checkout.ts", Checkout), ("checkout.test.ts", CheckoutTest));

        Assert.Equal("", await project.TypeCheckAsync());
    }

    [Fact]
    public async Task Types_bodies_by_what_the_script_says_of_them()
    {
        project.WithScripts(("typed.ts", """
            import { script, ok, error, HostCallError, type HostCallErrorCode, type HostResponse, type Request } from "mik-sdk";

            interface Order { sku: string; quantity: number }

            export default script<Order>(async (req, host) => {
              const request: Request<Order> = req;
              const quantity: number = request.body.quantity;
              const agent: string | undefined = req.headers["user-agent"];
              try {
                const price: HostResponse<{ price: number }> = await host.call<{ price: number }>("pricing", { headers: { agent, tags: ["a", "b"] }, timeoutMs: 50 });
                return ok({ amount: price.body.price * quantity }, { status: 201, headers: { "x-quantity": quantity } });
              } catch (problem) {
                if (!(problem instanceof HostCallError)) throw problem;
                const code: HostCallErrorCode = problem.code;
                return error({ status: 503, title: code, retryAfter: problem.retryAfter, handler: problem.handler });
              }
            });
            """));

        Assert.Equal("", await project.TypeCheckAsync());
    }

    [Fact]
    public async Task Refuses_what_a_script_cannot_do()
    {
        string[] wrong =
        [
            "req.body.colour", "req.headers.accept.length", "host.fetch('https://example.org')", "host.call('a', { timeout: 5 })", "error({ title: 'No status' })",
            "ok({}, { status: '200' })", "new HostCallError('BROKEN', 'a')", "fetch('https://example.org')", "process.exit()", "document.title", "setInterval(() => {}, 1)",
        ];
        project.WithScripts(("wrong.ts", $$"""
            import { script, ok, error, HostCallError } from "mik-sdk";
            export default script<{ sku: string }>(async (req, host) => [ok, error, HostCallError, host, req.body.sku,
            {{string.Join(",\n", wrong)}}
            ]);
            """));

        var complaints = (await project.TypeCheckAsync()).Split('\n');

        Assert.All(wrong.Index(), w => Assert.Contains(complaints, c => c.StartsWith($"scripts/wrong.ts({w.Index + 3},", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Types_the_sample_shop()
    {
        project.WithScripts(SampleScripts());

        Assert.Equal("", await project.TypeCheckAsync());
    }

    [Fact]
    public async Task Runs_the_tests_of_the_sample_shop_unchanged()
    {
        project.WithScripts(SampleScripts());

        VitestReport.AssertAllPassed(await NodeProgram.VitestAsync(project.Directory, "--globals"));
    }

    [Fact]
    public async Task Works_under_a_foreign_runner_with_global_functions()
    {
        project.WithScripts(("checkout.ts", Checkout), ("checkout.test.ts", CheckoutTest));

        Assert.Equal(1, VitestReport.AssertAllPassed(await NodeProgram.VitestAsync(project.Directory, "--globals")));
    }

    [Fact]
    public async Task Works_under_a_foreign_runner_with_imported_functions()
    {
        project.WithVitest().WithScripts(("checkout.ts", Checkout), ("checkout.test.ts", "import { expect, test } from 'vitest';\n" + CheckoutTest));

        Assert.Equal(1, VitestReport.AssertAllPassed(await NodeProgram.VitestAsync(project.Directory)));
    }

    [Fact]
    public async Task Says_what_to_do_where_there_is_no_runner()
    {
        project.WithScripts(("alone.js", "import { test } from 'mik-sdk/testing'; test.skip('x', () => {});"));

        var result = await NodeProgram.NodeAsync(project.Directory, "scripts/alone.js");

        Assert.Contains("test() needs a test runner: run the file with `mik test` or `vitest --globals`, or import test from your runner", result.Error, StringComparison.Ordinal);
    }

    private static (string Path, string Text)[] SampleScripts()
    {
        var root = Path.Combine(RepositoryRoot.Path, "samples", "shop", "scripts");
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(f => (Path.GetRelativePath(root, f), File.ReadAllText(f)))];
    }
}
