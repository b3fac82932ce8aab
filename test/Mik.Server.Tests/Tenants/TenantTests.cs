using System.Net;
using System.Text.Json;
using Mik.Scripting;
using Mik.Server.Configuration;
using Mik.Server.Execution;
using Mik.Server.Tests.Fakes;
using Xunit;

namespace Mik.Server.Tests.Tenants;

/// <summary>Tenants of a real server, whose handlers and scripts are functions of the test.</summary>
public sealed class TenantTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_tenant_has_its_own_handlers_and_scripts_under_one_name()
    {
        await using var server = await StartAsync();

        Assert.Equal("acme orders /a?b", await server.GetStringAsync("/tenant/acme/orders/a?b"));
        Assert.Equal("other orders /", await server.GetStringAsync("/tenant/other/orders"));
        Assert.Equal("acme checkout", await server.GetStringAsync("/tenant/acme/script/checkout"));
        Assert.Equal("other checkout", await server.GetStringAsync("/tenant/other/script/checkout/more?x"));
        using var answer = await server.GetAsync("/tenant/acme/orders/");
        Assert.Equal("acme/orders", Assert.Single(answer.Headers.GetValues("X-Mik-Handler")));
    }

    [Theory]
    [InlineData("/tenant/acme", "route-unknown")]
    [InlineData("/tenant/", "route-unknown")]
    [InlineData("/tenant", "route-unknown")]
    [InlineData("/tenant//orders", "route-unknown")]
    [InlineData("/tenant/acme//orders", "route-unknown")]
    [InlineData("/tenant/acme/script", "route-unknown")]
    [InlineData("/tenant/acme/script/", "route-unknown")]
    [InlineData("/tenant/absent/orders/", "handler-unknown")]
    [InlineData("/tenant/acme/absent/", "handler-unknown")]
    [InlineData("/tenant/acme/secret/", "handler-unknown")]
    [InlineData("/tenant/acme/auth/", "handler-unknown")]
    [InlineData("/tenant/acme/private/", "handler-unknown")]
    [InlineData("/tenant/ACME/orders/", "handler-unknown")]
    [InlineData("/tenant/acme/Orders/", "handler-unknown")]
    [InlineData("/tenant/acme/orders.wasm/", "handler-unknown")]
    [InlineData("/tenant/acme/../other/secret/", "handler-unknown")]
    [InlineData("/tenant/acme/%2e%2e/other/secret/", "handler-unknown")]
    [InlineData("/tenant/acme/..%2fother%2fsecret/", "handler-unknown")]
    [InlineData("/tenant/acme/..%2Fother%2Fsecret/", "handler-unknown")]
    [InlineData("/tenant/acme/..%5cother%5csecret/", "handler-unknown")]
    [InlineData("/tenant/acme/%252e%252e%252fother/", "handler-unknown")]
    [InlineData("/tenant/acme%2f..%2fother/secret/", "handler-unknown")]
    [InlineData("/tenant/./secret/", "handler-unknown")]
    [InlineData("/tenant/%2e/secret/", "handler-unknown")]
    [InlineData("/tenant/../modules/auth/", "handler-unknown")]
    [InlineData("/tenant/%2e%2e/auth/", "handler-unknown")]
    [InlineData("/tenant/..%2fuser-modules%2fother/secret/", "handler-unknown")]
    [InlineData("/tenant/acme/orders%0a/", "handler-unknown")]
    [InlineData("/tenant/acme%0d/orders/", "handler-unknown")]
    [InlineData("/tenant/acme/orders%c2%85/", "handler-unknown")]
    [InlineData("/tenant/acme/%ff/", "handler-unknown")]
    [InlineData("/tenant/acme/%c0%ae%c0%ae/", "handler-unknown")]
    [InlineData("/tenant/acme%20/orders/", "handler-unknown")]
    [InlineData("/tenant/acme./orders/", "handler-unknown")]
    [InlineData("/tenant/acme/orders%20/", "handler-unknown")]
    [InlineData("/tenant/acme/other:secret/", "handler-unknown")]
    [InlineData("/tenant/acme/orders:$DATA/", "handler-unknown")]
    [InlineData("/tenant/absent/script/checkout", "script-unknown")]
    [InlineData("/tenant/acme/script/absent", "script-unknown")]
    [InlineData("/tenant/acme/script/hidden", "script-unknown")]
    [InlineData("/tenant/acme/script/platform", "script-unknown")]
    [InlineData("/tenant/acme/script/Checkout", "script-unknown")]
    [InlineData("/tenant/acme/script/..%2fother%2fhidden", "script-unknown")]
    [InlineData("/tenant/acme/script/%2e%2e", "script-unknown")]
    [InlineData("/tenant/acme/script/checkout.ts", "script-unknown")]
    [InlineData("/run/acme%2forders/", "handler-unknown")]
    [InlineData("/run/secret/", "handler-unknown")]
    [InlineData("/script/acme%2fcheckout", "script-unknown")]
    [InlineData("/script/hidden", "script-unknown")]
    public async Task Names_across_the_border_are_names_of_nothing(string path, string slug)
    {
        await using var server = await StartAsync();

        // By hand: clients tidy dots up.
        using var connection = await RawConnection.OpenAsync(server.Server.Url);
        await connection.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        var answer = await connection.ReadUntilAsync("never");

        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.Contains($"urn:mik:error:{slug}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("secret answer", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/tenant/acme%00/orders/")]
    [InlineData("/tenant/acme/orders%00/")]
    [InlineData("/tenant/acme/script/checkout%00")]
    public async Task A_null_character_does_not_pass_the_web_server(string path)
    {
        await using var server = await StartAsync();

        using var connection = await RawConnection.OpenAsync(server.Server.Url);
        await connection.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", await connection.ReadUntilAsync("never"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_exists_elsewhere_and_what_exists_nowhere_get_the_same_answer()
    {
        await using var server = await StartAsync();

        string[] paths = ["/tenant/acme/secret/", "/tenant/acme/absent/", "/tenant/absent/orders/", "/tenant/acme/auth/"];
        var answers = await Task.WhenAll(paths.Select(async path =>
        {
            using var response = await server.GetAsync(path);
            var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation));
            return string.Join('|', problem.EnumerateObject().Where(static member => member.Name != "instance").Select(static member => member.Value.ToString()));
        }));

        Assert.Single(answers.Distinct());
    }

    [Theory]
    [InlineData("orders", "acme orders /")]
    [InlineData("auth", "auth /")]
    [InlineData("private", "MODULE_NOT_FOUND")]
    [InlineData("secret", "MODULE_NOT_FOUND")]
    [InlineData("other/secret", "MODULE_NOT_FOUND")]
    [InlineData("../other/secret", "MODULE_NOT_FOUND")]
    [InlineData("..\\other\\secret", "MODULE_NOT_FOUND")]
    [InlineData("other:secret", "MODULE_NOT_FOUND")]
    [InlineData("tenant:other/secret", "MODULE_NOT_FOUND")]
    [InlineData("acme/orders", "MODULE_NOT_FOUND")]
    [InlineData("./orders", "MODULE_NOT_FOUND")]
    [InlineData("orders\0", "MODULE_NOT_FOUND")]
    [InlineData("Orders", "MODULE_NOT_FOUND")]
    [InlineData("AUTH", "MODULE_NOT_FOUND")]
    [InlineData("../../modules/private", "MODULE_NOT_FOUND")]
    [InlineData("..", "MODULE_NOT_FOUND")]
    [InlineData("", "MODULE_NOT_FOUND")]
    [InlineData("absent", "MODULE_NOT_FOUND")]
    public async Task A_tenant_s_script_calls_its_own_handlers_then_the_shared_ones_and_nothing_else(string name, string outcome)
    {
        await using var server = await StartAsync(caller: run => CallAsync(run, name));

        Assert.Equal(outcome, await server.GetStringAsync("/tenant/acme/script/caller"));
    }

    [Fact]
    public async Task A_platform_script_cannot_call_tenants()
    {
        await using var server = await StartAsync(platform: run => CallAsync(run, run.Request.Query));

        Assert.Equal("MODULE_NOT_FOUND", await server.GetStringAsync("/script/platform?orders"));
        Assert.Equal("MODULE_NOT_FOUND", await server.GetStringAsync("/script/platform?acme/orders"));
        Assert.Equal("private /", await server.GetStringAsync("/script/platform?private"));
    }

    [Fact]
    public async Task Its_own_handler_goes_before_a_shared_one_of_the_same_name()
    {
        await using var server = await StartAsync(
            caller: run => CallAsync(run, "auth"), more: new() { ["acme/auth"] = run => run.Answer("acme's own") });

        Assert.Equal("acme's own", await server.GetStringAsync("/tenant/acme/script/caller"));
    }

    [Fact]
    public async Task One_tenant_s_breaker_is_no_other_s()
    {
        static HandlerEnd Trap(FakeRun run) => run.Request.PathAndQuery == "/ok" ? run.Answer("ok") : new HandlerEnd(HandlerEndKind.Trapped, "unreachable");
        await using var server = await StartAsync(more: new() { ["acme/fault"] = Trap, ["other/fault"] = Trap });

        for (var i = 0; i < 5; i++)
        {
            using var failed = await server.GetAsync("/tenant/acme/fault/");
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        }

        using var suspended = await server.GetAsync("/tenant/acme/fault/ok");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, suspended.StatusCode);
        Assert.Equal("ok", await server.GetStringAsync("/tenant/other/fault/ok"));
        Assert.Equal("acme orders /", await server.GetStringAsync("/tenant/acme/orders/"));
    }

    [Fact]
    public async Task A_tenant_that_breaks_a_shared_handler_breaks_it_for_itself_only()
    {
        await using var server = await StartAsync(
            caller: run => CallAsync(run, "auth", run.Request.Query),
            more: new()
            {
                ["auth"] = run => run.Request.PathAndQuery == "/trap" ? new HandlerEnd(HandlerEndKind.Trapped) : run.Answer("auth"),
            });

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("HANDLER_ERROR", await server.GetStringAsync("/tenant/acme/script/caller?/trap"));
        }

        Assert.Equal("CIRCUIT_OPEN", await server.GetStringAsync("/tenant/acme/script/caller?/"));
        Assert.Equal("auth", await server.GetStringAsync("/tenant/other/script/caller?/"));
        Assert.Equal("auth", await server.GetStringAsync("/run/auth/"));
    }

    [Fact]
    public async Task A_tenant_at_its_limit_is_refused_and_the_others_are_not()
    {
        var inside = new CountdownEvent(2);
        using var stop = new CancellationTokenSource();
        HandlerEnd Wait(FakeRun run)
        {
            inside.Signal();
            stop.Token.WaitHandle.WaitOne();
            return run.Answer("done");
        }

        await using var server = await StartAsync(
            caller: run => CallAsync(run, "orders"),
            more: new() { ["acme/slow"] = Wait, ["acme/slower"] = Wait },
            limits: new TenantLimitsConfig { Concurrency = 2 });
        var waiting = new[] { server.GetStringAsync("/tenant/acme/slow/"), server.GetStringAsync("/tenant/acme/slower/") };
        Assert.True(inside.Wait(TimeSpan.FromMinutes(1), Cancellation));

        using var refused = await server.GetAsync("/tenant/acme/orders/");
        using var script = await server.GetAsync("/tenant/acme/script/checkout");
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (refused.StatusCode, script.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Contains("urn:mik:error:tenant-saturated", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal("other orders /", await server.GetStringAsync("/tenant/other/orders/"));
        Assert.Equal("private /", await server.GetStringAsync("/run/private/"));

        await stop.CancelAsync();
        Assert.Equal(["done", "done"], await Task.WhenAll(waiting));
        Assert.Equal("acme orders /", await server.GetStringAsync("/tenant/acme/script/caller"));
    }

    [Fact]
    public async Task A_call_takes_a_place_as_well_and_is_told_when_there_is_none()
    {
        await using var server = await StartAsync(caller: run => CallAsync(run, "orders"), limits: new TenantLimitsConfig { Concurrency = 1 });

        Assert.Equal("RATE_LIMITED", await server.GetStringAsync("/tenant/acme/script/caller"));
    }

    [Fact]
    public async Task A_tenant_s_script_that_keeps_failing_is_given_a_rest_and_no_other_is()
    {
        await using var server = await StartAsync(caller: static _ => throw new ScriptException(ScriptFailure.Threw, "oops"));

        for (var i = 0; i < 5; i++)
        {
            using var failed = await server.GetAsync("/tenant/acme/script/caller");
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        }

        using var suspended = await server.GetAsync("/tenant/acme/script/caller");
        using var other = await server.GetAsync("/tenant/other/script/caller");
        Assert.Contains("urn:mik:error:script-circuit-open", await suspended.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, suspended.StatusCode);
        Assert.NotNull(suspended.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.InternalServerError, other.StatusCode);
        Assert.Equal("acme checkout", await server.GetStringAsync("/tenant/acme/script/checkout"));
    }

    [Fact]
    public async Task What_is_in_memory_is_listed_and_nothing_is_read_for_it()
    {
        await using var server = await StartAsync();
        await server.GetStringAsync("/tenant/acme/orders/");
        await server.GetStringAsync("/tenant/acme/script/checkout");

        var handlers = JsonElement.Parse(await server.GetStringAsync("/_mik/handlers")).GetProperty("handlers").EnumerateArray().ToList();
        var scripts = JsonElement.Parse(await server.GetStringAsync("/_mik/scripts")).GetProperty("scripts").EnumerateArray().ToList();
        var tenants = JsonElement.Parse(await server.GetStringAsync("/_mik/tenants")).GetProperty("tenants").EnumerateArray().ToList();

        Assert.Equal(
            """{"name":"orders","tenant":"acme","path":"/tenant/acme/orders/","status":"ready","circuit":"closed","in_flight":0}""",
            handlers.Single(static handler => handler.TryGetProperty("tenant", out _)).GetRawText());
        Assert.Equal(
            """{"name":"checkout","tenant":"acme","path":"/tenant/acme/script/checkout","file":"checkout.ts","status":"ready"}""",
            scripts.Single(static script => script.TryGetProperty("tenant", out _)).GetRawText());
        var acme = Assert.Single(tenants);
        Assert.Equal(("acme", 1, 1), (acme.GetProperty("name").GetString(), acme.GetProperty("loaded_handlers").GetInt32(), acme.GetProperty("loaded_scripts").GetInt32()));
    }

    private static async Task<ScriptAnswer> CallAsync(FakeScriptRun run, string name, string path = "/")
    {
        try
        {
            var answer = await run.CallAsync(name, path);
            return TestServer.Text(System.Text.Encoding.UTF8.GetString(answer.Body.Span));
        }
        catch (HandlerCallException failure)
        {
            return TestServer.Text(CodeOf(failure.Code));
        }
    }

    private static string CodeOf(HandlerCallCode code) => code switch
    {
        HandlerCallCode.ModuleNotFound => "MODULE_NOT_FOUND",
        HandlerCallCode.CircuitOpen => "CIRCUIT_OPEN",
        HandlerCallCode.RateLimited => "RATE_LIMITED",
        HandlerCallCode.Timeout => "TIMEOUT",
        _ => "HANDLER_ERROR",
    };

    private static Task<TestServer> StartAsync(
        Func<FakeScriptRun, Task<ScriptAnswer>>? caller = null,
        Func<FakeScriptRun, Task<ScriptAnswer>>? platform = null,
        Dictionary<string, Func<FakeRun, HandlerEnd>>? more = null,
        TenantLimitsConfig? limits = null)
    {
        var handlers = new Dictionary<string, Func<FakeRun, HandlerEnd>>
        {
            ["auth"] = run => run.Answer($"auth {run.Request.PathAndQuery}"),
            ["private"] = run => run.Answer($"private {run.Request.PathAndQuery}"),
            ["acme/orders"] = run => run.Answer($"acme orders {run.Request.PathAndQuery}"),
            ["other/orders"] = run => run.Answer($"other orders {run.Request.PathAndQuery}"),
            ["other/secret"] = run => run.Answer("secret answer"),
        };
        foreach (var (name, run) in more ?? [])
        {
            handlers[name] = run;
        }

        caller ??= static _ => Task.FromResult(TestServer.Text("caller"));
        var scripts = new Dictionary<string, Func<FakeScriptRun, Task<ScriptAnswer>>>
        {
            ["platform"] = platform ?? (static _ => Task.FromResult(TestServer.Text("platform"))),
            ["acme/checkout"] = static _ => Task.FromResult(TestServer.Text("acme checkout")),
            ["acme/caller"] = caller,
            ["other/checkout"] = static _ => Task.FromResult(TestServer.Text("other checkout")),
            ["other/caller"] = caller,
            ["other/hidden"] = static _ => Task.FromResult(TestServer.Text("secret answer")),
        };
        return TestServer.StartAsync(handlers, scripts, config => config with
        {
            Tenants = new TenantsConfig { Shared = ["auth"], Limits = limits ?? new TenantLimitsConfig() },
        });
    }
}
