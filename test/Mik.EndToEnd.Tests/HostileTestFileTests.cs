using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>Test files that hang, blow up or flood: they fail, and everything else goes on.</summary>
public sealed class HostileTestFileTests
{
    [Fact]
    public async Task Tests_that_never_end_fail_at_their_timeout_and_the_rest_goes_on()
    {
        var result = await RunAsync("""
            beforeEach(() => {});
            test("computes for ever", () => { for (;;); });
            test("awaits for ever", () => new Promise(() => {}));
            test("sleeps for long", () => new Promise(resolve => setTimeout(resolve, 3600_000)));
            test("queues jobs for ever", async () => { for (;;) await null; });
            test("is fine", () => {});
            """, "--timeout", "500");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("✗ computes for ever", result.Output, StringComparison.Ordinal);
        Assert.Contains("It computed for longer than its timeout and was stopped.", result.Output, StringComparison.Ordinal);
        Assert.Contains("at a.test.js:2", result.Output, StringComparison.Ordinal);
        Assert.Contains("the test waits for something that can no longer happen", result.Output, StringComparison.Ordinal);
        Assert.Contains("the test took longer than 500 ms", result.Output, StringComparison.Ordinal);
        Assert.Contains("✗ queues jobs for ever", result.Output, StringComparison.Ordinal);
        Assert.Contains("✓ is fine", result.Output, StringComparison.Ordinal);
        Assert.Contains("4 failed, 1 passed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_that_use_up_memory_or_stack_fail_and_the_rest_goes_on()
    {
        var result = await RunAsync("""
            test("fills memory", () => { const all = []; for (;;) all.push(new Uint8Array(1 << 20)); }, 60_000);
            test("recurses", () => { const f = () => f() + 1; f(); });
            test("recurses natively", () => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a); });
            test("is fine", () => {});
            """);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("It needed more memory than a test file may have and was stopped.", result.Output, StringComparison.Ordinal);
        Assert.Contains("✗ recurses ", result.Output, StringComparison.Ordinal);
        Assert.Contains("✗ recurses natively", result.Output, StringComparison.Ordinal);
        Assert.Contains("3 failed, 1 passed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_that_nobody_catches_fail_the_test_they_happen_in()
    {
        var result = await RunAsync("""
            test("forgets a promise", () => { (async () => { throw new Error("unheard"); })(); });
            test("throws in a timer", () => new Promise(resolve => { setTimeout(() => { throw new Error("late"); }, 1); setTimeout(resolve, 20); }));
            test("forgets to await", () => { expect(Promise.resolve(1)).resolves.toBe(1); });
            test("catches in time", async () => { const p = Promise.reject(new Error("heard")); await expect(p).rejects.toThrow("heard"); });
            """);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("unheard", result.Output, StringComparison.Ordinal);
        Assert.Contains("a.test.js:1:", result.Output, StringComparison.Ordinal);
        Assert.Contains("late", result.Output, StringComparison.Ordinal);
        Assert.Contains("was not awaited", result.Output, StringComparison.Ordinal);
        Assert.Contains("3 failed, 1 passed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_that_never_end_fail_the_tests_of_their_group()
    {
        var result = await RunAsync("""
            describe("stuck", () => {
              beforeAll(() => { for (;;); });
              test("one", () => {});
              test("two", () => {});
            });
            describe("broken", () => {
              beforeAll(() => { throw new Error("no start"); });
              test("three", () => {});
            });
            test("is fine", () => {});
            """, "--timeout", "500");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("✗ one", result.Output, StringComparison.Ordinal);
        Assert.Contains("✗ two", result.Output, StringComparison.Ordinal);
        Assert.Contains("no start", result.Output, StringComparison.Ordinal);
        Assert.Contains("3 failed, 1 passed", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("for (;;);", "run too long while they load")]
    [InlineData("await new Promise(() => {});", "A top-level await waits")]
    [InlineData("const all = []; for (;;) all.push(new Uint8Array(1 << 20));", "memory")]
    [InlineData("throw new Error('at once');", "at once")]
    public async Task Files_that_misbehave_while_they_load_fail(string statement, string complaint)
    {
        using var project = new TemporaryProject()
            .Write("a.test.js", $"test('never', () => {{}});\n{statement}\n")
            .Write("b.test.js", "test('is fine', () => {});\n");

        var result = await MikProgram.RunAsync(project.Directory, ["test", "--timeout", "1000"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(complaint, result.Output, StringComparison.Ordinal);
        Assert.Contains("✓ is fine", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Array.prototype.map = JSON.stringify = () => { throw 1; };")]
    [InlineData("Promise.prototype.then = globalThis.setTimeout = undefined;")]
    public async Task Files_that_break_what_the_runner_stands_on_do_not_pass(string statement)
    {
        var result = await RunAsync($"test('tampers', () => {{ {statement} }});\ntest('fails', () => {{ throw new Error('x'); }});\n", "--timeout", "500");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("✗ a.test.js", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Floods_of_output_are_cut_and_cannot_move_the_cursor()
    {
        var result = await RunAsync("""
            test("floods", () => { for (let i = 0; i < 50_000; i++) console.log("line " + i + "\u001b[2J\r"); });
            test("throws a lot", () => { throw new Error("x".repeat(5_000_000)); });
            test("compares a lot", () => { expect("a\n".repeat(300_000)).toBe("b\n".repeat(300_000)); });
            """);

        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain('\e', result.Output);
        Assert.DoesNotContain('\r', result.Output);
        Assert.True(result.Output.Length < 1_000_000, $"{result.Output.Length} characters");
        Assert.Contains("2 failed, 1 passed", result.Output, StringComparison.Ordinal);
    }

    private static async Task<MikProgramResult> RunAsync(string source, params string[] arguments)
    {
        using var project = new TemporaryProject().Write("a.test.js", source);
        return await MikProgram.RunAsync(project.Directory, ["test", .. arguments], ("CI", ""));
    }
}
