using System.Net;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests.Tenants;

/// <summary>Every way across the border between tenants, tried with the real program.</summary>
[Collection(TenantProjectTests.Name)]
public sealed class BorderTests(TenantProject project)
{
    [Fact]
    public async Task Each_tenant_s_own_things_answer()
    {
        Assert.Equal((HttpStatusCode.OK, "hello"), await project.GetAsync("/tenant/acme/hello/"));
        Assert.Equal((HttpStatusCode.OK, "hello"), await project.GetAsync("/tenant/other/secret/"));
        Assert.Equal((HttpStatusCode.OK, "\"secret\""), await project.GetAsync("/tenant/other/script/hidden"));
    }

    [Theory]
    [InlineData("/tenant/acme/secret/")]
    [InlineData("/tenant/acme/private/")]
    [InlineData("/tenant/acme/shared_echo/")]
    [InlineData("/tenant/absent/hello/")]
    [InlineData("/tenant/alias/secret/")]
    [InlineData("/tenant/acme/stolen/")]
    [InlineData("/tenant/acme/platform/")]
    [InlineData("/tenant/ACME/hello/")]
    [InlineData("/tenant/acme/HELLO/")]
    [InlineData("/tenant/acme./hello/")]
    [InlineData("/tenant/acme%20/hello/")]
    [InlineData("/tenant/acme/../other/secret/")]
    [InlineData("/tenant/acme/%2e%2e/other/secret/")]
    [InlineData("/tenant/acme/..%2fother%2fsecret/")]
    [InlineData("/tenant/acme/..%5cother%5csecret/")]
    [InlineData("/tenant/acme/%252e%252e%252fother%252fsecret/")]
    [InlineData("/tenant/acme%2f..%2fother/secret/")]
    [InlineData("/tenant/acme/%c0%ae%c0%ae%c0%afother/")]
    [InlineData("/tenant/acme/%ff/")]
    [InlineData("/tenant/acme/hello%0a/")]
    [InlineData("/tenant/acme/hello%c2%85/")]
    [InlineData("/tenant/acme/other:secret/")]
    [InlineData("/tenant/./other/secret/")]
    [InlineData("/tenant/../modules/private/")]
    [InlineData("/tenant/%2e%2e/private/")]
    [InlineData("/tenant/acme/script/hidden")]
    [InlineData("/tenant/acme/script/stolen")]
    [InlineData("/tenant/acme/script/platform")]
    [InlineData("/tenant/acme/script/..%2fother%2fhidden")]
    [InlineData("/tenant/acme/script/lib%2fhidden")]
    [InlineData("/tenant/alias/script/hidden")]
    [InlineData("/run/acme%2fhello/")]
    [InlineData("/run/..%2fuser-modules%2facme%2fhello/")]
    [InlineData("/script/..%2fuser-scripts%2fother%2fhidden")]
    public async Task Names_across_the_border_are_names_of_nothing(string path)
    {
        var (status, body) = await project.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("-unknown\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello", null)]
    [InlineData("shared_echo", null)]
    [InlineData("secret", "MODULE_NOT_FOUND")]
    [InlineData("private", "MODULE_NOT_FOUND")]
    [InlineData("stolen", "MODULE_NOT_FOUND")]
    [InlineData("other/secret", "MODULE_NOT_FOUND")]
    [InlineData("../other/secret", "MODULE_NOT_FOUND")]
    [InlineData("other:secret", "MODULE_NOT_FOUND")]
    [InlineData("acme/hello", "MODULE_NOT_FOUND")]
    [InlineData("tenant/acme/hello", "MODULE_NOT_FOUND")]
    [InlineData("secret%00", "MODULE_NOT_FOUND")]
    [InlineData("script", "MODULE_NOT_FOUND")]
    public async Task A_tenant_s_script_reaches_its_own_and_the_shared_handlers_only(string name, string? code)
    {
        var (_, body) = await project.GetAsync($"/tenant/acme/script/caller?name={name}");

        var answer = JsonElement.Parse(body);
        Assert.Equal(code, answer.TryGetProperty("code", out var given) ? given.GetString() : null);
    }

    [Fact]
    public async Task A_platform_script_reaches_no_tenant()
    {
        foreach (var name in (string[])["hello", "acme/hello", "../user-modules/acme/hello"])
        {
            Assert.Equal("""{"code":"MODULE_NOT_FOUND"}""", (await project.GetAsync($"/script/platform?name={name}")).Body);
        }
    }

    [Theory]
    [InlineData("import secrets from '../other/secrets.json';", "leads out of the scripts directory")]
    [InlineData("import secrets from './lib/secrets.json';", "leads out of the scripts directory")]
    [InlineData("import secrets from '../../scripts/platform.js';", "leads out of the scripts directory")]
    [InlineData("import secrets from '/etc/passwd';", "cannot be imported")]
    public async Task Imports_do_not_leave_the_tenant_s_directory(string import, string reason)
    {
        var name = $"import{(uint)import.GetHashCode(StringComparison.Ordinal)}";
        project.Project.Write($"user-scripts/acme/{name}.js", $"{import}\nimport {{ script, ok }} from 'mik-sdk';\nexport default script(async () => ok(secrets));\n");

        var (status, body) = await project.GetAsync($"/tenant/acme/script/{name}");

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.DoesNotContain("secret\"", body, StringComparison.Ordinal);
        await project.Server.WaitForLogAsync(reason);
    }

    [Fact]
    public async Task Nothing_of_a_run_is_left_to_the_next_of_any_tenant()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("""{"count":1,"seen":"acme"}""", (await project.GetAsync("/tenant/acme/script/counter")).Body);
            Assert.Equal("""{"count":1,"seen":"other"}""", (await project.GetAsync("/tenant/other/script/counter")).Body);
        }
    }

    [Fact]
    public async Task Trace_and_request_id_go_along_to_the_tenant_s_handler_and_to_nobody_else()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var (_, body) = await project.GetAsync(
            "/tenant/acme/script/caller?name=echo&path=/here",
            ("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"),
            ("X-Request-ID", "border-1"),
            ("Authorization", "Bearer of-the-client"));

        var seen = JsonElement.Parse(body).GetProperty("headers").EnumerateObject().ToDictionary(static header => header.Name, static header => header.Value.GetString());
        Assert.Contains(seen, header => header.Value!.Contains(Trace, StringComparison.Ordinal));
        Assert.DoesNotContain("of-the-client", body, StringComparison.Ordinal);
        Assert.DoesNotContain(Trace, (await project.GetAsync("/tenant/other/script/caller?name=shared_echo")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breaker_opens_for_one_tenant_and_its_problem_names_that_tenant_only()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await project.GetAsync("/tenant/acme/fault/")).Status);
        }

        var (status, body) = await project.GetAsync("/tenant/acme/fault/ok");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("\"handler\":\"acme/fault\"", body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "ok"), await project.GetAsync("/tenant/other/fault/ok"));
        await project.Server.WaitForLogAsync("Handler acme/fault is suspended");
    }

    [Fact]
    public async Task Metrics_name_no_tenant_and_log_lines_name_their_own()
    {
        project.Project.Write("user-scripts/acme/speaking.js", "import { script, ok } from 'mik-sdk';\nexport default script(async () => { console.log('says a tenant'); return ok(1); });\n");
        await project.GetAsync("/tenant/acme/script/speaking");
        await project.GetAsync("/tenant/acme/hello/");
        await project.GetAsync("/tenant/acme/script/caller?name=hello");
        await project.GetAsync("/tenant/nobody-has-this-name/hello/");

        var metrics = (await project.GetAsync("/metrics")).Body;

        Assert.DoesNotContain("acme", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody-has-this-name", metrics, StringComparison.Ordinal);
        Assert.Contains("route=\"tenant_handler\",name=\"_tenants\"", metrics, StringComparison.Ordinal);
        Assert.Contains("route=\"tenant_script\",name=\"_tenants\"", metrics, StringComparison.Ordinal);
        await project.Server.WaitForLogAsync("acme/speaking: says a tenant");
    }
}
