using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Scripts that are edited while clients ask for them.</summary>
public sealed class LiveEditTests
{
    private const int Edits = 100;
    private const int Clients = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("renamed over it")]
    [InlineData("written in place")]
    [InlineData("written in pieces")]
    public async Task Every_answer_is_of_one_whole_version(string how)
    {
        using var project = new TemporaryProject().Write("scripts/page.ts", Version(0));
        await using var server = await MikProcess.StartAsync(project.Directory);
        using var done = new CancellationTokenSource();
        var failures = new ConcurrentQueue<string>();
        var clients = Enumerable.Range(0, Clients).Select(_ => AskUntilAsync(server.Client, failures, done.Token)).ToList();

        for (var version = 1; version <= Edits; version++)
        {
            Edit(project, how, Version(version));
            // Some versions are seen, some are overwritten before anybody asks for them.
            if (version % 3 == 0)
            {
                await WaitForAsync(server.Client, version);
            }
        }

        await WaitForAsync(server.Client, Edits);
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(clients), static answers => Assert.True(answers > 0));
        Assert.Empty(failures);
    }

    [Fact]
    public async Task An_edit_that_stays_broken_is_answered_with_a_problem_and_a_repair_at_once()
    {
        using var project = new TemporaryProject().Write("scripts/page.ts", Version(0));
        await using var server = await MikProcess.StartAsync(project.Directory);
        await WaitForAsync(server.Client, 0);

        project.Write("scripts/page.ts", "export default script(async () => {\n  return }\n");
        await server.WaitUntilAsync(async () =>
        {
            using var answer = await server.Client.GetAsync("/script/page", Cancellation);
            return answer.StatusCode == HttpStatusCode.InternalServerError;
        }, "the broken version is not noticed");
        await server.WaitForLogAsync("page.ts:2:");

        project.Write("scripts/page.ts", Version(1));
        Assert.Equal("\"1 1\"", await server.Client.GetStringAsync("/script/page", Cancellation));
    }

    [Fact]
    public async Task A_broken_edit_is_told_once_in_the_log_and_shown_as_long_as_it_stays()
    {
        const string Broken = "Script page cannot be loaded and answers 500: page.ts:2:";
        using var project = new TemporaryProject().Write("scripts/page.ts", Version(0)).Write("scripts/other.ts", Version(0));
        await using var server = await MikProcess.StartAsync(project.Directory);
        Assert.Equal((2, 0, "ready"), await StateAsync(server.Client));

        project.Write("scripts/page.ts", "export default script(async () => {\n  return }\n");
        await server.WaitUntilAsync(async () => await StateAsync(server.Client) == (2, 1, "broken"), "the broken version is not shown");
        for (var request = 0; request < 5; request++)
        {
            using var answer = await server.Client.GetAsync("/script/page", Cancellation);
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        }

        // Whatever is edited may be the cure, and another attempt fails as the one before.
        project.Write("scripts/other.ts", Version(1));
        Assert.Equal((2, 1, "broken"), await StateAsync(server.Client));
        Assert.Equal("\"1 1\"", await server.Client.GetStringAsync("/script/other", Cancellation));

        project.Write("scripts/page.ts", Version(1));
        Assert.Equal((2, 0, "ready"), await StateAsync(server.Client));
        await server.WaitForLogAsync("Script page was loaded again");
        Assert.Single(server.Log.Split('\n'), static line => line.Contains(Broken, StringComparison.Ordinal));
    }

    // How many scripts there are and how many of them are broken, and what is said of the one that is edited.
    private static async Task<(int Scripts, int Broken, string? Page)> StateAsync(HttpClient client)
    {
        var list = JsonElement.Parse(await client.GetStringAsync("/_mik/scripts", Cancellation));
        var health = JsonElement.Parse(await client.GetStringAsync("/health", Cancellation));
        var page = list.GetProperty("scripts").EnumerateArray().Single(static script => script.GetProperty("name").GetString() == "page");
        return (health.GetProperty("scripts").GetInt32(), health.GetProperty("broken_scripts").GetInt32(), page.GetProperty("status").GetString());
    }

    private static async Task<int> AskUntilAsync(HttpClient client, ConcurrentQueue<string> failures, CancellationToken done)
    {
        var answers = 0;
        for (; !done.IsCancellationRequested; answers++)
        {
            using var answer = await client.GetAsync("/script/page", Cancellation);
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            if (answer.StatusCode != HttpStatusCode.OK || text.Trim('"').Split(' ') is not [var first, var second] || first != second)
            {
                failures.Enqueue($"{(int)answer.StatusCode} {text}");
            }
        }

        return answers;
    }

    private static async Task WaitForAsync(HttpClient client, int version)
    {
        using var timeout = new CancellationTokenSource(MikProcess.Patience);
        while (await client.GetStringAsync("/script/page", timeout.Token) != $"\"{version} {version}\"")
        {
        }
    }

    private static void Edit(TemporaryProject project, string how, string text)
    {
        var file = Path.Combine(project.Directory, "scripts", "page.ts");
        switch (how)
        {
            case "renamed over it":
                File.WriteAllText(file + ".new", text);
                File.Move(file + ".new", file, overwrite: true);
                break;

            case "written in place":
                File.WriteAllText(file, text);
                break;

            default:
                using (var writer = new StreamWriter(file))
                {
                    foreach (var piece in text.Chunk(text.Length / 3))
                    {
                        writer.Write(piece);
                        writer.Flush();
                        Thread.Yield();
                    }
                }

                break;
        }
    }

    // The version stands at both ends of the file. Lengths differ, as they do between most edits.
    private static string Version(int version)
    {
        var text = version.ToString(CultureInfo.InvariantCulture);
        return $$"""
            import { script, ok } from "mik-sdk";
            const first: string = "{{text}}";
            // {{new string('-', 1000 + version)}}
            export default script(async () => ok(`${first} ${second()}`));
            function second(): string { return "{{text}}"; }
            """;
    }
}
