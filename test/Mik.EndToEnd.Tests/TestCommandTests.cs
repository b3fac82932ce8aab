using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary><c>mik test</c>: what it runs, what it says of failures, and how it ends.</summary>
public sealed class TestCommandTests
{
    private const string Failing = """
        interface Item { sku: string; left: number }

        const received: Item[] = [{ sku: "tea", left: 12 }, { sku: "cup", left: 1 }];

        describe("stock", () => {
          test("is counted", () => {
            expect(received).toEqual([{ sku: "tea", left: 12 }, { sku: "cup", left: 2 }]);
          });

          test("is there", () => {
            expect(received).toHaveLength(2);
          });
        });

        test("what throws", async () => {
          await Promise.resolve();
          throw new RangeError("too far", { cause: new Error("the map ends") });
        });
        """;

    // Waiting for the script and its handlers to be compiled is not what these tests are about.
    private static readonly string[] Patient = ["--timeout", "120000"];

    [Fact]
    public async Task Tests_of_the_sample_pass_without_anything_installed()
    {
        var result = await RunAsync(RepositoryRoot.Path, ["samples/shop", .. Patient], ("PATH", ""));

        Assert.Equal("", result.Error);
        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains("✓ samples/shop/scripts/checkout.test.ts", result.Output, StringComparison.Ordinal);
        Assert.Contains("✓ turns a handler that gives no answer into a problem", result.Output, StringComparison.Ordinal);
        Assert.Contains("- sells tea with the real handlers skipped", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_of_the_sample_reach_the_real_handlers_when_asked_to()
    {
        var result = await RunAsync(RepositoryRoot.Path, ["samples/shop", "-t", "real handlers", "--against", "samples/shop/modules", .. Patient]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("✓ sells tea with the real handlers", result.Output, StringComparison.Ordinal);
        Assert.Contains("✓ notices when one of the real handlers fails", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_show_what_differs_and_where_in_the_TypeScript_file()
    {
        using var project = new TemporaryProject().Write("scripts/stock.test.ts", Failing);

        var result = await RunAsync(project.Directory, []);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("✗ scripts/stock.test.ts 3 tests", result.Output, StringComparison.Ordinal);
        Assert.Contains("-     left: 2,", result.Output, StringComparison.Ordinal);
        Assert.Contains("+     left: 1,", result.Output, StringComparison.Ordinal);
        Assert.Contains("    ✓ is there", result.Output, StringComparison.Ordinal);
        Assert.Contains("scripts/stock.test.ts:7:", result.Output, StringComparison.Ordinal);
        Assert.Contains("RangeError: too far", result.Output, StringComparison.Ordinal);
        Assert.Contains("scripts/stock.test.ts:17:", result.Output, StringComparison.Ordinal);
        Assert.Contains("the map ends", result.Output, StringComparison.Ordinal);
        Assert.Contains("2 failed, 1 passed (1 of 1 file failed, ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_cannot_be_loaded_fail_with_their_position_and_others_run()
    {
        using var project = new TemporaryProject()
            .Write("a.test.ts", "const x: number = 1;\ntest('a', () => {\n  expect(x)..toBe(1);\n});\n")
            .Write("b.test.ts", "import { nothing } from './lib';\ntest('b', () => nothing());\n")
            .Write("c.test.ts", "test('c', () => {});\nconst item: { z?: number } = JSON.parse('null');\nitem.z!.toFixed();\n")
            .Write("d.test.ts", "test('d', () => {});\n");

        var result = await RunAsync(project.Directory, []);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("at a.test.ts:3:", result.Output, StringComparison.Ordinal);
        Assert.Contains("'./lib' does not exist", result.Output, StringComparison.Ordinal);
        Assert.Contains("at b.test.ts:1:", result.Output, StringComparison.Ordinal);
        Assert.Contains("c.test.ts:3:", result.Output, StringComparison.Ordinal);
        Assert.Contains("✓ d", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_tests_of_that_name_run()
    {
        using var project = new TemporaryProject().Write("scripts/stock.test.ts", Failing);

        var result = await RunAsync(project.Directory, ["-t", "stock is there"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("1 passed (1 file, ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bail_ends_the_run_at_the_first_failure()
    {
        using var project = new TemporaryProject()
            .Write("a.test.js", "test('one', () => { throw new Error('enough'); });\ntest('two', () => {});\n")
            .Write("b.test.js", "test('three', () => {});\n");

        var result = await RunAsync(project.Directory, ["--bail"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("- two not run", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 failed, ", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 not run", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_is_refused_where_a_forgotten_one_would_go_unnoticed()
    {
        using var project = new TemporaryProject().Write("a.test.js", "test('left out', () => {});\n\n\ntest.only('mine', () => {});\n");

        var local = await RunAsync(project.Directory, [], ("CI", ""));
        Assert.Equal(0, local.ExitCode);
        Assert.Contains("1 passed, 1 skipped", local.Output, StringComparison.Ordinal);

        var refused = await RunAsync(project.Directory, [], ("CI", "true"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(".only is refused", refused.Output, StringComparison.Ordinal);
        Assert.Contains("a.test.js:4:", refused.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.md", "", "there are no tests in ")]
    [InlineData("a.test.js", "export {};", "the test files declare no tests")]
    public async Task Nothing_to_run_is_a_failure(string file, string content, string complaint)
    {
        using var project = new TemporaryProject().Write(file, content);

        var result = await RunAsync(project.Directory, []);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(complaint, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--timeout", "soon")]
    [InlineData("--reporter", "loud")]
    [InlineData("--wach", "")]
    public async Task Mistakes_on_the_command_line_are_told(string option, string value)
    {
        using var project = new TemporaryProject().Write("a.test.js", "test('a', () => {});\n");

        var result = await RunAsync(project.Directory, value.Length == 0 ? [option] : [option, value]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("error: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_rows_and_mocks_do_what_their_names_say()
    {
        using var project = new TemporaryProject().Write("a.test.ts", """
            import { describe, expect, test, vi } from "vitest";

            const log: string[] = [];
            beforeAll(() => { log.push("all"); });
            beforeEach(() => { log.push("each"); });
            afterEach(() => { log.push("after"); });

            test("first", () => { log.push("first"); });

            describe("inside", () => {
              beforeEach(async () => { await null; log.push("inner"); });
              test("second", () => { log.push("second"); });
            });

            test("in order", () => {
              expect(log).toEqual(["all", "each", "first", "after", "each", "inner", "second", "after", "each"]);
            });

            test.each([[1, 1, 2], [2, 3, 5]])("%i and %i make %i", (a, b, sum) => { expect(a + b).toBe(sum); });
            test.each`sku | price
              ${"tea"} | ${450}`("$sku costs $price", ({ sku, price }) => { expect([sku, price]).toEqual(["tea", 450]); });
            test.todo("later");
            test.skip("not now", () => { throw new Error("it ran"); });
            test.fails("known to fail", () => { expect(1).toBe(2); });

            test("mocks remember", () => {
              const mock = vi.fn((n: number) => n + 1).mockReturnValueOnce(7);
              expect([mock(1), mock(2)]).toEqual([7, 3]);
              expect(mock).toHaveBeenCalledTimes(2);
              expect(mock).toHaveBeenLastCalledWith(2);
            });

            test("the clock stands still until it is moved", async () => {
              vi.useFakeTimers({ now: new Date("2030-01-01T00:00:00Z") });
              const late = vi.fn();
              setTimeout(late, 60_000);
              await vi.advanceTimersByTimeAsync(59_999);
              expect(late).not.toHaveBeenCalled();
              await vi.advanceTimersByTimeAsync(1);
              expect(late).toHaveBeenCalled();
              expect(new Date().toISOString()).toBe("2030-01-01T00:01:00.000Z");
              vi.useRealTimers();
            });
            """);

        var result = await RunAsync(project.Directory, []);

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains("✓ 2 and 3 make 5", result.Output, StringComparison.Ordinal);
        Assert.Contains("✓ tea costs 450", result.Output, StringComparison.Ordinal);
        Assert.Contains("9 passed, 1 skipped, 1 todo", result.Output, StringComparison.Ordinal);
    }

    private static Task<MikProgramResult> RunAsync(string directory, string[] arguments, params (string Name, string Value)[] environment) =>
        MikProgram.RunAsync(directory, ["test", .. arguments], [("CI", ""), .. environment]);
}
