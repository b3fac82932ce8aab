using Mik.Scripting.TypeScript;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Scripting.Tests.TypeScript;

public sealed class TypeScriptEraserTests
{
    // Each "? (b) : c =>" can be read in two ways, and the stripper tries both for all that follows.
    private static readonly string Endless = "let x = " + string.Concat(Enumerable.Repeat("a ? (b) : c => ", 60)) + "d";

    private static readonly TypeScriptEraser Eraser = new(new Engine());

    [Theory]
    [InlineData("let x: number = 1;", "let x         = 1;")]
    [InlineData("interface A { b: string }\nlet c = 1;", "                         \nlet c = 1;")]
    [InlineData("import type { A } from './a';\nlet b = 'é😀' as string;", "                             \nlet b = 'é😀'          ;")]
    [InlineData("import { type A, b } from './a';", "import {         b } from './a';")]
    [InlineData("class C<T> { private x!: T; f(this: C<T>, y?: T): T { return y! } }", "class C    {         x    ; f(            y    )    { return y  } }")]
    [InlineData("declare enum E { A }\nabstract class C { abstract f(): void }", null)]
    public void Types_become_blanks_of_the_same_length(string source, string? expected)
    {
        var code = Eraser.Erase("a.ts", source);

        Assert.Equal(source.Length, code.Length);
        Assert.Equal(source.Count('\n'), code.Count('\n'));
        if (expected is not null)
        {
            Assert.Equal(expected, code);
        }
    }

    [Theory]
    [InlineData("let a = 1;\nenum E { A }", "TypeScript enum is not supported", 2, 1)]
    [InlineData("  const enum E { A }", "TypeScript enum is not supported", 1, 3)]
    [InlineData("namespace N { export const a = 1 }", "TypeScript namespace declaration is not supported", 1, 1)]
    [InlineData("class C {\n  constructor(private x: number) {}\n}", "TypeScript parameter property is not supported", 2, 23)]
    [InlineData("import a = require('a');", "TypeScript import equals declaration is not supported", 1, 1)]
    [InlineData("export = 1;", "TypeScript export assignment is not supported", 1, 1)]
    [InlineData("const a = <T>b;", "The angle-bracket syntax for type assertions", 1, 11)]
    [InlineData("let x: = 3;", "Unexpected token `=`", 1, 8)]
    public void What_is_more_than_a_type_is_named_with_its_position(string source, string message, int line, int column)
    {
        var failure = Assert.Throws<ScriptException>(() => Eraser.Erase("lib/a.ts", source));

        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("strip", failure.Message, StringComparison.Ordinal);
        Assert.Equal((ScriptFailure.LoadFailed, "lib/a.ts", line, column), (failure.Failure, failure.File, failure.Line, failure.Column));
    }

    [Fact]
    public void What_erasing_takes_is_its_owner_s()
    {
        var owner = new FakeOwner();

        Assert.Equal("let x         = 1;", Eraser.Erase("a.ts", "let x: number = 1;", owner));
        Assert.Equal((1, 0, 0), (owner.Entries, owner.Inside, owner.Taken));

        owner.Limit = 1 << 20;
        Assert.Equal(ScriptFailure.OwnerMemoryLimit, FailureOf("let x: number = 1;", owner));
        owner.Limit = 4 << 20;
        Assert.Equal(ScriptFailure.OwnerMemoryLimit, FailureOf(string.Concat(Enumerable.Repeat("let x: number = 1;\n", 50_000)), owner));
        Assert.Equal((0, 0), (owner.Inside, owner.Taken));
    }

    [Fact]
    public async Task A_file_that_takes_for_ever_makes_no_other_wait_and_its_owner_can_stop_it()
    {
        var owner = new FakeOwner();
        var endless = Task.Run(() => Eraser.Erase("a.ts", Endless, owner), TestContext.Current.CancellationToken);
        await owner.Entered;

        Assert.Equal("let x         = 1;", Eraser.Erase("b.ts", "let x: number = 1;"));
        Assert.False(endless.IsCompleted);
        owner.Stop();

        var stopped = await Assert.ThrowsAsync<ScriptException>(() => endless);
        Assert.Equal(ScriptFailure.OwnerCpuLimit, stopped.Failure);
        Assert.Equal((0, 0), (owner.Inside, owner.Taken));
    }

    [Fact]
    public void A_file_that_takes_for_ever_is_given_up_without_an_owner_too()
    {
        var eraser = new TypeScriptEraser(new Engine(), options: new ScriptHostOptions { LoadTime = TimeSpan.FromMilliseconds(50) });

        var failure = Assert.Throws<ScriptException>(() => eraser.Erase("lib/a.ts", Endless));

        Assert.Equal((ScriptFailure.LoadFailed, "lib/a.ts"), (failure.Failure, failure.File));
        Assert.Equal("reading it as TypeScript takes too long", failure.Message);
    }

    private static ScriptFailure FailureOf(string source, FakeOwner owner) =>
        Assert.Throws<ScriptException>(() => Eraser.Erase("a.ts", source, owner)).Failure;
}
