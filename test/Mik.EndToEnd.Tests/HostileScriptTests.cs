using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Scripts written to bring the process down: each gets an answer, the neighbours notice nothing, the memory comes back.</summary>
public sealed class HostileScriptTests
{
    // What the garbage collector keeps of the answers that were refused, until it has a reason to run, and the code compiled meanwhile.
    // One script in ten leaving its 64 MiB behind would be far beyond it.
    private const long Tolerance = 160L << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hostile_scripts_are_answered_beside_a_well_behaved_one_and_leave_no_memory_behind()
    {
        var scripts = JsonElement.Parse(await File.ReadAllTextAsync(SharedData.Require("hostile/scripts.json"), Cancellation))
            .EnumerateArray()
            .Select(static script => (Name: script.GetProperty("name").GetString()!, Body: script.GetProperty("body").GetString()!))
            .ToList();
        using var project = new TemporaryProject()
            .Write("mik.toml", """
                [server]
                script_cpu_ms = 250
                script_memory_mb = 64
                script_timeout_secs = 2
                """)
            .Write("scripts/fair.js", Script("return ok({ squares: [1, 2, 3].map((n) => n * n) });"));
        for (var i = 0; i < scripts.Count; i++)
        {
            project.Write($"scripts/{NameOf(i)}.js", Script(scripts[i].Body));
        }

        await using var server = await MikProcess.StartAsync(project.Directory);
        var work = async () => Assert.Equal("""{"squares":[1,4,9]}""", await server.Client.GetStringAsync("/script/fair", Cancellation));
        for (var i = 0; i < 20; i++)
        {
            await work();
        }

        var before = ProcessMemory.Of(server.Id);

        var unexpected = new List<string>();
        var next = -1;
        async Task RequestAll()
        {
            for (int i; (i = Interlocked.Increment(ref next)) < scripts.Count;)
            {
                using var answer = await server.Client.GetAsync($"/script/{NameOf(i)}", Cancellation);
                var type = answer.Content.Headers.ContentType?.MediaType;
                if (!answer.IsSuccessStatusCode && type != "application/problem+json")
                {
                    lock (unexpected)
                    {
                        unexpected.Add($"{scripts[i].Name}: {(int)answer.StatusCode} {type}");
                    }
                }
            }
        }

        // Two at a time: enough for one to be in the other's way.
        var hostile = Task.WhenAll(Task.Run(RequestAll, Cancellation), Task.Run(RequestAll, Cancellation));
        while (!hostile.IsCompleted)
        {
            await work();
        }

        await hostile;
        Assert.Empty(unexpected);
        var after = await ProcessMemory.SettleAsync(server.Id, before + Tolerance, TimeSpan.FromSeconds(20), work);
        Assert.True(after <= before + Tolerance, $"{before >> 20} MiB before, {after >> 20} MiB after");
        Assert.Equal(0, await server.StopAsync());
    }

    private static string NameOf(int index) => "hostile" + index.ToString(CultureInfo.InvariantCulture);

    private static string Script(string body) => $$"""
        import { script, ok } from "mik-sdk";
        export default script(async (req, host) => { {{body}} });
        """;
}
