using System.Net;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests.Tenants;

/// <summary>One server whose tenants have little of everything, while single handlers and scripts may take what they like.</summary>
public sealed class PoorTenants : ServedProject
{
    protected override void Prepare()
    {
        Project.Write("mik.toml", """
            [server]
            user_modules = "user-modules"
            user_scripts = "user-scripts"
            execution_timeout_secs = 300
            script_timeout_secs = 300
            script_cpu_ms = 300000
            memory_limit_mb = 1024
            script_memory_mb = 1024
            [breaker]
            failures = 1000
            [tenants.limits]
            concurrency = 4
            cpu_ms_per_sec = 200
            memory_mb = 64
            """);
        AddHandler("other", "http_hello");
    }

    internal void AddHandler(string tenant, string guest)
    {
        Project.Write($"user-modules/{tenant}/{guest}.wasm", "");
        File.Copy(TemporaryProject.Guest(guest), Path.Combine(Project.Directory, $"user-modules/{tenant}/{guest}.wasm"), overwrite: true);
    }
}

/// <summary>What bounds a tenant as a whole, and guests that try to break it. Each test has a tenant of its own.</summary>
public sealed class TenantLimitTests(PoorTenants project) : IClassFixture<PoorTenants>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handlers_that_spin_are_stopped_together_and_the_others_are_served_meanwhile()
    {
        project.AddHandler("spinning", "fault_spin");

        var spinning = Enumerable.Range(0, 4).Select(_ => GetAsync("/tenant/spinning/fault_spin/")).ToList();
        Assert.Equal((HttpStatusCode.OK, "hello"), await GetAsync("/tenant/other/http_hello/"));

        foreach (var (status, body) in await Task.WhenAll(spinning))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, status);
            Assert.Contains("urn:mik:error:tenant-cpu-exceeded", body, StringComparison.Ordinal);
        }

        using var refused = await project.Server.Client.GetAsync("/tenant/spinning/fault_spin/ok", Cancellation);
        Assert.Equal((HttpStatusCode.OK, "hello"), await GetAsync("/tenant/other/http_hello/"));
        if (refused.StatusCode == HttpStatusCode.TooManyRequests)
        {
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await project.Server.WaitUntilAsync(
            async () => await GetAsync("/tenant/spinning/fault_spin/ok") == (HttpStatusCode.OK, "ok"), "the tenant does not recover");
    }

    [Theory]
    [InlineData("loop", "for (;;) {}")]
    [InlineData("catch", "for (;;) { try { for (;;) {} } catch {} finally { for (;;) {} } }")]
    [InlineData("jobs", "for (;;) await null;")]
    [InlineData("timers", "for (;;) { await new Promise(done => setTimeout(done, 0)); for (let i = 0; i < 1e6; i++) {} }")]
    [InlineData("pattern", "/^(a+)+$/.test('a'.repeat(60) + '!'); for (;;) {}")]
    [InlineData("sort", "for (;;) [...Array(1e5).keys()].sort(() => Math.random() - 0.5);")]
    public async Task A_script_cannot_outrun_its_tenant_s_time(string name, string body)
    {
        project.Project.Write($"user-scripts/cpu-{name}/a.js", Script(body));

        await ShowsAsync($"/tenant/cpu-{name}/script/a", "tenant-cpu-exceeded");
    }

    [Fact]
    public async Task Neither_can_its_modules_while_they_load_and_they_are_tried_again()
    {
        project.Project.Write("user-scripts/cpu-load/a.js", "if (Date.now() > 0) for (;;) {}\n" + Script(""));

        await ShowsAsync("/tenant/cpu-load/script/a", "tenant-cpu-exceeded");
        project.Project.Write("user-scripts/cpu-load/a.js", Script("return ok('mended');"));
        await project.Server.WaitUntilAsync(
            async () => await GetAsync("/tenant/cpu-load/script/a") == (HttpStatusCode.OK, "\"mended\""), "the mended script does not answer");
    }

    [Fact]
    public async Task Neither_can_the_erasing_of_its_types_and_the_others_load_meanwhile()
    {
        // Each "? (b) : c =>" can be read in two ways, and all that follows is read twice.
        var endless = "let x = " + string.Concat(Enumerable.Repeat("a ? (b) : c => ", 60)) + "d;\n";
        project.Project.Write("user-scripts/cpu-types/a.ts", endless + Script(""));
        project.Project.Write("user-scripts/cpu-types/b.ts", "import './lib/c';\n" + Script(""));
        project.Project.Write("user-scripts/cpu-types/lib/c.ts", endless);
        project.Project.Write("user-scripts/types/a.ts", Script("const text: string = 'typed'; return ok(text);"));

        var spinning = "aba".Select(name => GetAsync($"/tenant/cpu-types/script/{name}")).ToList();
        Assert.Equal((HttpStatusCode.OK, "\"typed\""), await GetAsync("/tenant/types/script/a"));
        foreach (var (status, body) in await Task.WhenAll(spinning))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, status);
            Assert.Contains("urn:mik:error:tenant-cpu-exceeded", body, StringComparison.Ordinal);
        }

        await AssertMemoryIsFreeAsync("cpu-types");
        project.Project.Write("user-scripts/cpu-types/a.ts", Script("return ok('mended');"));
        await project.Server.WaitUntilAsync(
            async () => await GetAsync("/tenant/cpu-types/script/a") == (HttpStatusCode.OK, "\"mended\""), "the mended script does not answer");
    }

    [Fact]
    public async Task A_handler_cannot_take_more_memory_than_its_tenant_has_and_gives_it_back()
    {
        project.AddHandler("memory", "fault_grow");

        await ShowsAsync("/tenant/memory/fault_grow/", "tenant-out-of-memory");
        await ShowsAsync("/tenant/memory/fault_grow/", "tenant-out-of-memory");
        Assert.Equal((HttpStatusCode.OK, "ok"), await GetAsync("/tenant/memory/fault_grow/ok"));
        await AssertMemoryIsFreeAsync("memory");
    }

    [Theory]
    [InlineData("buffers", "const all = []; for (;;) { try { all.push(new Uint8Array(1 << 20).fill(1)); } catch {} }")]
    [InlineData("strings", "let text = 'x'; const all = []; for (;;) { try { text += text; all.push([...text]); } catch {} }")]
    public async Task Neither_can_a_script(string name, string body)
    {
        project.Project.Write($"user-scripts/memory-{name}/a.js", Script(body));

        await ShowsAsync($"/tenant/memory-{name}/script/a", "tenant-out-of-memory", "tenant-cpu-exceeded");
        await AssertMemoryIsFreeAsync($"memory-{name}");
    }

    [Fact]
    public async Task As_many_run_at_once_as_the_tenant_may_and_no_other_tenant_notices()
    {
        project.AddHandler("busy", "http_sleep");
        var sleeping = Enumerable.Range(0, 4).Select(_ => GetAsync("/tenant/busy/http_sleep/?ms=3000")).ToList();
        await project.Server.WaitUntilAsync(async () => await UseOfAsync("busy", "in_flight") == 4, "not all of them run");

        await ShowsAsync("/tenant/busy/http_sleep/?ms=0", "tenant-saturated");
        Assert.Equal((HttpStatusCode.OK, "hello"), await GetAsync("/tenant/other/http_hello/"));
        Assert.All(await Task.WhenAll(sleeping), static answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/tenant/busy/http_sleep/?ms=0")).Status);
    }

    private static string Script(string body) =>
        $"import {{ script, ok }} from \"mik-sdk\";\nexport default script(async (req, host) => {{\n{body}\n}});\n";

    private async Task ShowsAsync(string path, params string[] slugs)
    {
        var (status, body) = await GetAsync(path);
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Contains(JsonElement.Parse(body).GetProperty("type").GetString()!["urn:mik:error:".Length..], slugs);
    }

    private Task AssertMemoryIsFreeAsync(string tenant) =>
        project.Server.WaitUntilAsync(async () => await UseOfAsync(tenant, "memory_bytes") == 0, "the memory is not given back");

    private async Task<long> UseOfAsync(string tenant, string what) =>
        JsonElement.Parse((await GetAsync("/_mik/tenants")).Body).GetProperty("tenants").EnumerateArray()
            .Single(listed => listed.GetProperty("name").GetString() == tenant)
            .GetProperty(what).GetInt64();

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await project.Server.Client.GetAsync(path, Cancellation);
        return (response.StatusCode, (await response.Content.ReadAsStringAsync(Cancellation)).TrimEnd());
    }
}
