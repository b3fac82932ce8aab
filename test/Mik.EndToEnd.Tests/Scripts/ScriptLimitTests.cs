using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>Limits end the request, whatever a script does to catch or outlive them, and harm nothing else.</summary>
public sealed class ScriptLimitTests(LimitedProject project) : IClassFixture<LimitedProject>
{
    private const string Sentence = "a limit hit ends the request (504, 500) with a clear problem, can't be caught by the script, and harms nothing else";

    // A few at a time: enough for them to be in each other's way.
    private static readonly ParallelOptions SideBySide = new() { MaxDegreeOfParallelism = 4 };

    /// <summary>Ways of going on all the same. "!" stands for what hits the limit.</summary>
    private static readonly string[] Escapes =
    [
        "try { ! } catch { } gone(); return 'escaped';",
        "try { ! } finally { gone(); return 'escaped'; }",
        "await (async () => { await null; ! })().catch(gone).finally(gone); return 'escaped';",
        "await Promise.allSettled([new Promise(() => { ! }), 1]); gone(); return 'escaped';",
        "Promise.resolve().then(() => { ! }).then(gone, gone); await new Promise(r => setTimeout(r, 1000)); return 'escaped';",
        "setTimeout(() => { try { ! } catch { gone(); } }, 0); await new Promise(r => setTimeout(r, 1000)); return 'escaped';",
        "for (let i = 0; i < 5; i++) { try { ! } catch { gone(); continue; } } return 'escaped';",
        "function* g() { try { ! } finally { gone(); yield 'escaped'; } } for (const v of g()) return v;",
        "async function* g() { try { ! } finally { gone(); yield 'escaped'; } } for await (const v of g()) return v;",
        "await { then() { try { ! } finally { gone(); } } }; return 'escaped';",
        "return { toJSON() { try { ! } finally { gone(); return 'escaped'; } } };",
        "const o = { get a() { ! } }; try { JSON.stringify(o); } catch { } gone(); return 'escaped';",
        "try { [2, 1].sort(() => { ! }); } catch { } gone(); return 'escaped';",
        "try { 'a'.replace(/a/, () => { ! }); } catch { } gone(); return 'escaped';",
        "try { new Proxy({}, { get() { ! } }).a; } catch { } gone(); return 'escaped';",
        "const e = new Error('x', { cause: { get name() { ! } } }); Object.defineProperty(e, 'message', { get() { ! } }); throw e;",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("for (;;);", 504, "script-cpu-exceeded")]
    [InlineData("const a = []; for (;;) a.push(new Uint8Array(1 << 20));", 500, "script-out-of-memory")]
    [InlineData("(function f() { f(); f(); })();", 500, "script-stack-exhausted")]
    [InlineData("for (;;) host.call('http_hello').catch(() => {});", 500, "script-call-limit")]
    [InlineData("host.call('http_hello', { method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) }).catch(() => {});", 500, "script-call-too-large")]
    [InlineData("host.call('http_hello', { path: '/' + 'x'.repeat(4096) }).catch(() => {});", 500, "script-call-too-large")]
    [InlineData("host.call('http_hello', { headers: { a: 'x'.repeat(32 * 1024) } }).catch(() => {});", 500, "script-call-too-large")]
    [InlineData("host.call('http_hello').catch(() => {});", 500, "script-call-depth")]
    public Task Cannot_be_caught_or_outlived(string hit, int status, string slug) => Parallel.ForEachAsync(Escapes, SideBySide, async (escape, _) =>
    {
        var name = project.Add($"const gone = () => console.log('outlived ' + req.headers['x-request-id']);\n{escape.Replace("!", hit, StringComparison.Ordinal)}");

        var reply = await project.AskAsync(name, slug == "script-call-depth" ? [("X-Mik-Call-Depth", "8")] : []);

        reply.ShowsProblem($"{Sentence}: {escape} with {hit}", status, slug);

        // The request's own line is the last of it, so that nothing can come after.
        await project.Server.WaitForLogAsync($"(id-{name}, trace ");
        Assert.DoesNotContain($"outlived id-{name}", project.Server.Log, StringComparison.Ordinal);
        Assert.Contains($"failed with {status} {slug}: {name} ", project.Server.Log, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("return { status: 200, body: 'x'.repeat(10 * 1024 * 1024 + 1) }")]
    [InlineData("return { status: 200, body: new Uint8Array(10 * 1024 * 1024 + 1) }")]
    [InlineData("setTimeout(() => console.log('outlived'), 10); host.call('http_hello').then(() => console.log('outlived')); return { status: 200, body: 'x'.repeat(10 * 1024 * 1024 + 1) }")]
    public async Task Answers_are_limited_in_size(string body)
    {
        (await project.AskAsync(project.Add(body))).ShowsProblem(Sentence, 500, "script-answer-too-large");
        Assert.DoesNotContain("\"outlived", project.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_within_the_limits_is_fine() => (await project.AskAsync(project.Add(
        "const [a] = await Promise.all(Array.from({ length: 20 }, () => host.call('http_echo', { method: 'POST', path: '/' + 'x'.repeat(4000), headers: { a: 'x'.repeat(20000) }, body: 'y'.repeat(1000) })));"
        + "await host.call('http_echo', { method: 'POST', body: new Uint8Array(9 * 1024 * 1024) }); return a.body.length;"))).Shows(Sentence, 200, "1000");

    [Theory]
    [InlineData("7", 200)]
    [InlineData("0", 200)]
    [InlineData("nonsense", 200)]
    [InlineData("8", 500)]
    [InlineData("99", 500)]
    public async Task Depth_of_calls_is_limited(string depth, int status)
    {
        var reply = await project.AskAsync(project.Add("return (await host.call('http_hello')).status"), ("X-Mik-Call-Depth", depth));

        Assert.Equal(status, reply.Status);
    }

    [Fact]
    public async Task The_log_takes_so_many_messages_and_then_says_how_many_it_did_not()
    {
        var name = project.Add("for (let i = 0; i < 5000; i++) console.log(`volume ${i}`); return 'done';");

        (await project.AskAsync(name)).Shows("console (to the structured log, …)", 200, "\"done\"");

        await project.Server.WaitForLogAsync($"{name}: 4000 more messages with 44000 characters were dropped: one request may write 1000 messages and 262144 characters (id-{name})");
        Assert.Contains($"{name}: volume 999 (", project.Server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain($"{name}: volume 1000 (", project.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_takes_so_much_text_and_then_says_how_much_it_did_not()
    {
        var name = project.Add("for (let i = 0; i < 3; i++) console.log('x'.repeat(200000)); console.log('short'); for (;;);");

        (await project.AskAsync(name)).ShowsProblem(Sentence, 504, "script-cpu-exceeded");

        await project.Server.WaitForLogAsync($"{name}: 3 more messages with 400005 characters were dropped");
        Assert.DoesNotContain($"{name}: short", project.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_others_are_served_meanwhile_and_afterwards()
    {
        var fair = project.Add("return 1;");
        var spinning = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => project.AskAsync(project.Add("for (;;);"))));
        do
        {
            (await project.AskAsync(fair)).Shows("harms nothing else", 200, "1");
        }
        while (!spinning.IsCompleted);

        Assert.All(await spinning, static reply => Assert.Equal(504, reply.Status));
    }

    [Theory]
    [InlineData("await host.call('http_sleep', { path: '/?ms=250000' }).catch(() => {}); return 'escaped'")]
    [InlineData("host.call('http_sleep', { path: '/?ms=250000' }); await new Promise(() => {}).finally(() => console.log('outlived'))")]
    [InlineData("for (;;) await new Promise(r => setTimeout(r, 50))")]
    [InlineData("const again = () => setTimeout(again, 50); again(); await new Promise(() => {})")]
    [InlineData("try { await new Promise(r => setTimeout(r, 250000)) } catch { } finally { return 'escaped' }")]
    [InlineData("return Promise.race([new Promise(r => setTimeout(r, 250000)), host.call('http_sleep', { path: '/?ms=250000' })])")]
    public async Task Waiting_is_limited(string body)
    {
        using var patient = new TemporaryProject()
            .Write("mik.toml", "[server]\nscript_timeout_secs = 1\nscript_cpu_ms = 60000\n")
            .AddHandler("http_sleep")
            .Write("scripts/wait.js", $"import {{ script }} from 'mik-sdk';\nexport default script(async (req, host) => {{ {body} }});");
        await using var server = await MikProcess.StartAsync(patient.Directory);

        using var response = await server.Client.GetAsync("/script/wait", Cancellation);

        (await ScriptReply.OfAsync(response)).ShowsProblem(Sentence, 504, "script-timed-out");
        Assert.Equal(0, await server.StopAsync());
        Assert.DoesNotContain("outlived", server.Log, StringComparison.Ordinal);
    }
}
