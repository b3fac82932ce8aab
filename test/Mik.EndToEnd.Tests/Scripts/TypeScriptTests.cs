using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>TypeScript without a build step.</summary>
[Collection(ScriptProjectTests.Name)]
public sealed class TypeScriptTests(ScriptProject project)
{
    [Theory]
    [InlineData("interface Item { readonly sku: string; qty?: number }\nconst i: Item = { sku: 'a' };", "i.sku", "\"a\"")]
    [InlineData("type Pair<T> = [T, T];\nconst p: Pair<number> = [1, 2];", "p", "[1,2]")]
    [InlineData("function f<T extends object>(x: T, y?: number, ...z: string[]): T { return x; }", "f<{ a: number }>({ a: 1 })", """{"a":1}""")]
    [InlineData("const f = async <T,>(x: T): Promise<T> => x;", "await f(1)", "1")]
    [InlineData("const v = { a: 1 } as const satisfies { a: number };", "v!.a", "1")]
    [InlineData("declare const erased: number;\ndeclare enum Gone { A }\ndeclare module 'x' { }\nabstract class A { abstract b(): void; private readonly c: number = 1; d?: string; get e() { return this.c; } }\nclass B extends A implements Object { override b(): void { } }", "new B().e", "1")]
    [InlineData("function f(x: string): string;\nfunction f(x: number): number;\nfunction f(x: any): any { return x; }", "f(1)", "1")]
    [InlineData("namespace Types { export type A = number }\nconst a: Types.A = 1;", "a", "1")]
    [InlineData("import type { Nothing } from './nowhere';\nexport type { Nothing };\nlet x: Nothing | undefined;", "x === undefined", "true")]
    [InlineData("import { ok, type ScriptRequest, Host } from 'mik-sdk';\nlet h: Host | ScriptRequest;", "typeof ok", "\"function\"")]
    [InlineData("function assert(this: void, x: unknown): asserts x is number { }\nfunction is(x: unknown): x is string { return true; }", "is(1)", "true")]
    [InlineData("class K { #p: number = 1; static s: number; static { K.s = 2; } declare t: string; [key: string]: unknown; p(): number { return this.#p } }", "[new K().p(), K.s]", "[1,2]")]
    [InlineData("let o: { a?: { b: number } } | null = { a: { b: 1 } };", "(o?.a!).b", "1")]
    public async Task Erasable_syntax_works(string declarations, string expression, string expected)
    {
        var name = project.AddFile($"{declarations}\nexport default async (): Promise<unknown> => ({expression});", "ts");

        (await project.GetAsync($"/script/{name}")).Shows("what Node calls erasable syntax works", 200, expected);
    }

    [Theory]
    [InlineData("enum Colour { Red }", 1, "enum")]
    [InlineData("  const enum Colour { Red }", 3, "enum")]
    [InlineData("namespace Money { export const vat = 20 }", 1, "namespace")]
    [InlineData("class A { constructor(private x: number) { } }", 31, "parameter property")]
    public async Task Constructs_that_stand_for_code_are_named_with_their_place(string construct, int column, string named)
    {
        var name = project.AddFile($"const before: number = 1;\n{construct}\nexport default () => before;", "ts");

        (await project.GetAsync($"/script/{name}"))
            .ShowsProblem("enums, namespaces and parameter properties get an error that names the construct and its position", 500, "script-unloadable");
        await project.Server.WaitForLogAsync($"{name}.ts:2:{column} ");
        var line = project.Server.Log.Split('\n').First(line => line.Contains($"{name}.ts:2:{column} ", StringComparison.Ordinal));
        Assert.Contains(named, line, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("enum Colour { Red }")]
    [InlineData("import legacy = require('./legacy');")]
    [InlineData("const list = <const>[1];")]
    public async Task Constructs_that_cannot_be_erased_are_refused_at_their_place(string construct)
    {
        var name = project.AddFile($"const before: string = 'é'; {construct}\nexport default () => before;", "ts");

        (await project.GetAsync($"/script/{name}")).ShowsProblem("an error that names the construct and its position", 500, "script-unloadable");
        await project.Server.WaitForLogAsync($"{name}.ts:1:");
    }

    [Fact]
    public async Task Line_and_column_are_those_of_the_TypeScript_file()
    {
        project.Write("lib/fails.ts", "export type A<T> = {\n  a: T;\n};\nexport function fails(a: A<'é😀' | number>): never {\n  /* é😀 */ throw new Error(`at ${a.a}`);\n}\n");
        var name = project.AddFile(
            "import { fails, type A } from './lib/fails';\ninterface B extends A<number> { }\nexport default (): unknown => {\n  let x: '€' | undefined; return fails({ a: 1 } as B);\n};\n",
            "ts");

        (await project.GetAsync($"/script/{name}")).ShowsProblem("Line and column numbers in errors are the TypeScript file's", 500, "script-threw");
        await project.Server.WaitForLogAsync("at fails (lib/fails.ts:5:23)");
        await project.Server.WaitForLogAsync($"({name}.ts:4:34)");
    }
}
