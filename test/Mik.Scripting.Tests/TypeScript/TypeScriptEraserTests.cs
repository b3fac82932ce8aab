using Mik.Scripting.TypeScript;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Scripting.Tests.TypeScript;

public sealed class TypeScriptEraserTests
{
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
}
