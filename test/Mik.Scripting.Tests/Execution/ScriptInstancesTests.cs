using Xunit;

namespace Mik.Scripting.Tests.Execution;

/// <summary>Every request meets the script as it was loaded, whatever the requests before it did.</summary>
public sealed class ScriptInstancesTests
{
    [Fact]
    public async Task Nothing_of_a_request_is_left_to_the_next()
    {
        const string Body = """
            const seen = [globalThis.leak, Object.prototype.bad, [].evil, typeof JSON.parse, counter.n];
            globalThis.leak = Object.prototype.bad = Array.prototype.evil = 1;
            JSON.stringify = JSON.parse = undefined;
            counter.n++;
            return { status: 200, body: String(seen) };
            """;
        using var folder = new ScriptFolder();
        using var program = folder.Load("test.js", "const counter = { n: 7 };\n" + ScriptFolder.Wrap(Body));

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(",,,function,7", ScriptFolder.Text(await RunAsync(program)));
        }
    }

    [Fact]
    public async Task A_request_that_hit_a_limit_does_not_harm_the_next()
    {
        using var folder = new ScriptFolder();
        using var program = folder.Load("test.js", ScriptFolder.Wrap("if (req.method === 'GET') return 1; globalThis.x = 1; while (true) {}"));
        var tight = ScriptFolder.Generous with { CpuTime = TimeSpan.FromMilliseconds(20) };

        for (var i = 0; i < 3; i++)
        {
            var failure = await Assert.ThrowsAsync<ScriptException>(() => RunAsync(program, ScriptFolder.Post("{}"), tight));
            Assert.Equal(ScriptFailure.CpuLimit, failure.Failure);
            Assert.Equal("1", ScriptFolder.Text(await RunAsync(program)));
        }
    }

    [Fact]
    public async Task Memory_that_grew_does_not_stay_with_the_next_request()
    {
        using var folder = new ScriptFolder();
        using var program = folder.Load("test.js", ScriptFolder.Wrap("const a = []; for (let i = 0; i < 20; i++) a.push(new Uint8Array(1 << 20).fill(i)); return a[19][5]"));
        var limits = ScriptFolder.Generous with { MemoryBytes = 24 << 20 };

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("19", ScriptFolder.Text(await RunAsync(program, limits: limits)));
        }
    }

    [Fact]
    public async Task Random_numbers_and_times_differ_between_requests()
    {
        using var folder = new ScriptFolder();
        using var program = folder.Load("test.js", "const early = Math.random();\n" + ScriptFolder.Wrap("return [Math.random(), crypto.randomUUID(), early]"));

        var answers = new HashSet<string>();
        for (var i = 0; i < 10; i++)
        {
            answers.Add(ScriptFolder.Text(await RunAsync(program)));
        }

        Assert.Equal(10, answers.Count);
    }

    [Fact]
    public async Task Requests_run_side_by_side()
    {
        using var folder = new ScriptFolder();
        using var program = folder.Load("test.js", ScriptFolder.Wrap("globalThis.mine = req.body; await host.call('meet'); return globalThis.mine"));
        const int Requests = 8;
        var present = 0;
        var everybody = new TaskCompletionSource();
        var handlers = new FakeHandlers().On("meet", async (_, _) =>
        {
            if (Interlocked.Increment(ref present) == Requests)
            {
                everybody.SetResult();
            }

            await everybody.Task;
            return FakeHandlers.Json("1");
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(async i => ScriptFolder.Text(await RunAsync(program, ScriptFolder.Post($"{i}"), handlers: handlers))));

        Assert.Equal(Enumerable.Range(0, Requests).Select(static i => $"{i}"), answers);
    }

    [Fact]
    public async Task What_runs_take_is_their_owner_s_and_idle_machines_are_in_nobody_s_account()
    {
        var owner = new FakeOwner();
        using var folder = new ScriptFolder();
        using var program = ScriptFolder.Host.Load(folder.Write("test.js", ScriptFolder.Wrap("await host.call('look'); return 1")), folder.Root, owner);
        var during = 0L;
        var handlers = new FakeHandlers().On("look", (_, _) =>
        {
            during = owner.Taken;
            return Task.FromResult(FakeHandlers.Json("1"));
        });

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("1", ScriptFolder.Text(await RunAsync(program, handlers: handlers)));
            Assert.InRange(during, 1 << 20, 64 << 20);
            Assert.Equal((0, 0), (owner.Taken, owner.Inside));
        }

        Assert.True(owner.Entries >= 7, $"{owner.Entries} entries");
    }

    [Fact]
    public async Task An_owner_without_memory_is_told_from_a_script_at_its_limit()
    {
        var owner = new FakeOwner();
        using var folder = new ScriptFolder();
        using var program = ScriptFolder.Host.Load(
            folder.Write("test.js", ScriptFolder.Wrap("try { const a = []; while (true) a.push(new Uint8Array(1 << 20)); } catch { return 1; }")), folder.Root, owner);
        owner.Limit = 32 << 20;

        var refused = await Assert.ThrowsAsync<ScriptException>(() => RunAsync(program, limits: ScriptFolder.Generous with { MemoryBytes = 256 << 20 }));
        Assert.Equal((ScriptFailure.OwnerMemoryLimit, true), (refused.Failure, refused.IsOwners));
        var own = await Assert.ThrowsAsync<ScriptException>(() => RunAsync(program, limits: ScriptFolder.Generous with { MemoryBytes = 8 << 20 }));
        Assert.Equal(ScriptFailure.MemoryLimit, own.Failure);
        owner.Limit = 0;
        var none = await Assert.ThrowsAsync<ScriptException>(() => RunAsync(program));
        Assert.Equal(ScriptFailure.OwnerMemoryLimit, none.Failure);
        Assert.Equal(0, owner.Taken);
    }

    [Fact]
    public async Task An_owner_without_time_stops_a_script_that_cannot_catch_it()
    {
        var owner = new FakeOwner();
        using var folder = new ScriptFolder();
        using var program = ScriptFolder.Host.Load(
            folder.Write("test.js", ScriptFolder.Wrap("while (true) { try { for (;;) {} } catch {} finally { for (;;) {} } }")), folder.Root, owner);
        owner.StopsWhoeverEnters = true;

        var stopped = await Assert.ThrowsAsync<ScriptException>(() => RunAsync(program));

        Assert.Equal(ScriptFailure.OwnerCpuLimit, stopped.Failure);
        owner.StopsWhoeverEnters = false;
        Assert.Equal((0, 0), (owner.Taken, owner.Inside));
    }

    [Fact]
    public void An_owner_without_time_stops_modules_that_load_and_they_are_not_to_blame()
    {
        var owner = new FakeOwner { StopsWhoeverEnters = true };
        using var folder = new ScriptFolder();
        var file = folder.Write("test.js", "for (;;) {}\n" + ScriptFolder.Wrap("return 1"));

        var stopped = Assert.Throws<ScriptException>(() => ScriptFolder.Host.Load(file, folder.Root, owner));

        Assert.Equal(ScriptFailure.OwnerCpuLimit, stopped.Failure);
        Assert.Equal((0, 0), (owner.Taken, owner.Inside));
    }

    private static Task<ScriptAnswer> RunAsync(ScriptProgram program, ScriptRequest? request = null, ScriptLimits? limits = null, FakeHandlers? handlers = null) =>
        program.RunAsync(request ?? ScriptFolder.Get(), handlers ?? new FakeHandlers(), new FakeConsole(), limits ?? ScriptFolder.Generous, TestContext.Current.CancellationToken);
}
