using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary><c>mik test --watch</c>: runs again what a change touches, and nothing else.</summary>
public sealed class TestWatchTests
{
    private const string Ready = "Watching; Ctrl+C ends.";

    [Fact]
    public async Task Script_that_is_invoked_is_watched_too_and_a_broken_one_is_not_hidden_by_the_version_before()
    {
        using var project = new TemporaryProject()
            .Write("scripts/hello.ts", "export default async () => ({ status: 200, body: 'hello' });\n")
            .Write("scripts/hello.test.ts", """
                import { invoke } from "mik-sdk/testing";

                test("says hello", async () => {
                  expect(await invoke("hello")).toMatchObject({ status: 200, body: "hello" });
                }, 120_000);
                """);
        using var process = MikProgram.Start(project.Directory, ["test", "--watch"], []);
        try
        {
            Assert.Contains("1 passed (1 file, ", await ReadRunAsync(process), StringComparison.Ordinal);

            project.Write("scripts/hello.ts", "export default async () => ({ status: 200, body: 'hello' };\n");
            var broken = await ReadRunAsync(process);
            Assert.Contains("✗ says hello", broken, StringComparison.Ordinal);
            Assert.Contains("status: 500", broken, StringComparison.Ordinal);

            project.Write("scripts/hello.ts", "export default async () => ({ status: 200, body: 'hello' });\n");
            Assert.Contains("✓ says hello", await ReadRunAsync(process), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Change_runs_the_files_it_touches_until_a_signal_ends_the_watch()
    {
        using var project = new TemporaryProject()
            .Write("lib/money.ts", "export const tax: number = 1;\n")
            .Write("a.test.ts", "import { tax } from './lib/money';\ntest('tax', () => { expect(tax).toBe(1); });\n")
            .Write("b.test.js", "test('alone', () => {});\n");
        using var process = MikProgram.Start(project.Directory, ["test", "--watch"], []);
        try
        {
            var first = await ReadRunAsync(process);
            Assert.Contains("2 passed (2 files, ", first, StringComparison.Ordinal);

            project.Write("lib/money.ts", "export const tax: number = 2;\n");
            var second = await ReadRunAsync(process);
            Assert.Contains("money.ts changed", second, StringComparison.Ordinal);
            Assert.Contains("✗ a.test.ts", second, StringComparison.Ordinal);
            Assert.DoesNotContain("b.test.js", second, StringComparison.Ordinal);

            project.Write("c.test.js", "test('new', () => {});\n");
            var third = await ReadRunAsync(process);
            Assert.Contains("✓ c.test.js", third, StringComparison.Ordinal);
            Assert.DoesNotContain("a.test.ts", third, StringComparison.Ordinal);

            using var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var timeout = new CancellationTokenSource(MikProcess.Patience);
            await process.WaitForExitAsync(timeout.Token);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    // What is written until a run that reported something is over; writing a file may be seen as several changes.
    private static async Task<string> ReadRunAsync(Process process)
    {
        using var timeout = new CancellationTokenSource(MikProcess.Patience);
        var text = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            text.Append(line).Append('\n');
            if (line == Ready && text.ToString().Contains(" (", StringComparison.Ordinal))
            {
                return text.ToString();
            }
        }

        throw new InvalidOperationException($"the watch ended:\n{text}{await process.StandardError.ReadToEndAsync(timeout.Token)}");
    }
}
