using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Scripts written to bring the process down: each gets an answer, the neighbours notice nothing, the memory comes back.</summary>
public sealed class HostileScriptTests
{
    // Of the resident set, and not to be exceeded by a second time either. Half of it is code compiled meanwhile.
    private const long Tolerance = 32L << 20;

    private const int OrdinaryRequests = 1000;

    // Machines and memories wait for their next script before they are let go.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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

        // The code of ordinary requests is compiled and optimized before anything is compared.
        for (var i = 0; i < OrdinaryRequests; i++)
        {
            await work();
        }

        var before = ProcessMemory.ResidentOf(server.Id);
        for (var round = 0; round < 2; round++)
        {
            Assert.Empty(await RequestAllAsync(server, [.. scripts.Select(static script => script.Name)], work));
            var after = await ProcessMemory.SettleAsync(server.Id, before + Tolerance, Patience, work);
            Assert.True(after <= before + Tolerance, $"{before >> 20} MiB before, {after >> 20} MiB after");
        }

        Assert.Equal(0, await server.StopAsync());
    }

    // Requests each script once, and the well-behaved one all the time; what was not answered as it has to be.
    private static async Task<List<string>> RequestAllAsync(MikProcess server, string[] scripts, Func<Task> work)
    {
        var unexpected = new List<string>();
        var next = -1;
        async Task RequestOneAfterAnother()
        {
            for (int i; (i = Interlocked.Increment(ref next)) < scripts.Length;)
            {
                using var answer = await server.Client.GetAsync($"/script/{NameOf(i)}", Cancellation);
                var type = answer.Content.Headers.ContentType?.MediaType;
                if (!answer.IsSuccessStatusCode && type != "application/problem+json")
                {
                    lock (unexpected)
                    {
                        unexpected.Add($"{scripts[i]}: {(int)answer.StatusCode} {type}");
                    }
                }
            }
        }

        // Two at a time: enough for one to be in the other's way.
        var hostile = Task.WhenAll(Task.Run(RequestOneAfterAnother, Cancellation), Task.Run(RequestOneAfterAnother, Cancellation));
        while (!hostile.IsCompleted)
        {
            await work();
        }

        await hostile;
        return unexpected;
    }

    private static string NameOf(int index) => "hostile" + index.ToString(CultureInfo.InvariantCulture);

    private static string Script(string body) => $$"""
        import { script, ok } from "mik-sdk";
        export default script(async (req, host) => { {{body}} });
        """;
}
