using Xunit;

namespace Mik.Scripting.Tests;

public sealed class ScriptHostTests : IDisposable
{
    private readonly ScriptFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_program_is_named_after_its_file_and_knows_its_sources()
    {
        _folder.Write("lib/money.ts", "export const vat: number = 20;");
        _folder.Write("lib/data.json", "{}");

        using var program = _folder.Load("checkout.ts", "import { vat } from './lib/money'; import d from './lib/data.json' with { type: 'json' }; export default () => vat;");

        Assert.Equal("checkout", program.Name);
        Assert.Equal(["checkout.ts", "data.json", "money.ts"], program.SourceFiles.Select(Path.GetFileName).Order());
        Assert.All(program.SourceFiles, static file => Assert.True(File.Exists(file)));
    }

    [Theory]
    [InlineData("./lib/money", "lib/money.ts")]
    [InlineData("./lib/money.ts", "lib/money.ts")]
    [InlineData("./lib/money.js", "lib/money.ts")]
    [InlineData("./lib/money", "lib/money.mts")]
    [InlineData("./lib/money", "lib/money.js")]
    [InlineData("./lib/money", "lib/money.mjs")]
    [InlineData("./lib/../lib/./money", "lib/money.js")]
    public async Task Relative_imports_find_their_file(string specifier, string file)
    {
        _folder.Write(file, "export const vat = 20;");

        Assert.Equal("20", await AnswerAsync($"import {{ vat }} from '{specifier}'; export default () => vat;"));
    }

    [Fact]
    public async Task Libraries_import_each_other_and_each_runs_once()
    {
        _folder.Write("lib/a.js", "import { b } from './b.js'; export const a = 'a' + b;");
        _folder.Write("lib/b.js", "import '../lib/count.js'; export const b = 'b';");
        _folder.Write("lib/count.js", "globalThis.count = (globalThis.count ?? 0) + 1;");

        Assert.Equal("\"ab1\"", await AnswerAsync("import { a } from './lib/a.js'; import './lib/count.js'; export default () => a + count;"));
    }

    [Fact]
    public async Task Json_can_be_imported_with_and_without_the_attribute()
    {
        _folder.Write("d.json", """{ "__proto__": 1, "text": "\u2028" }""");

        Assert.Equal(
            "[\"__proto__\",\"text\"]",
            await AnswerAsync("import a from './d.json'; import b from './d.json' with { type: 'json' }; export default () => a === b && Object.keys(a);"));
    }

    [Theory]
    [InlineData("import x from 'lodash'; export default x", "'lodash' cannot be imported: scripts import \"mik-sdk\" and files by relative path", 15)]
    [InlineData("import x from 'mik:host'; export default x", "'mik:host' cannot be imported", 15)]
    [InlineData("import x from '/etc/passwd'; export default x", "'/etc/passwd' cannot be imported", 15)]
    [InlineData("import x from './nowhere'; export default x", "'./nowhere' does not exist", 15)]
    [InlineData("import x from '../outside.js'; export default x", "'../outside.js' leads out of the scripts directory", 15)]
    [InlineData("import { nothing } from 'mik-sdk'; export default 1", "'mik-sdk' has no export 'nothing'", 10)]
    [InlineData("import { b } from './lib.js'; export default 1", "'./lib.js' has no export 'b'", 10)]
    [InlineData("export default 1 +;", "Expression expected", 19)]
    [InlineData("null.x; export default 1", "TypeError: cannot read property 'x' of null", 1)]
    [InlineData("export const a = 1", "there is no default export that is a function", null)]
    [InlineData("export default {}", "there is no default export that is a function", null)]
    [InlineData("await new Promise(() => {}); export default () => 1", "A top-level await waits", null)]
    [InlineData("await null; throw new Error('late'); export default () => 1", "Error: late", 22)]
    [InlineData("const id = crypto.randomUUID(); export default () => id", "Error: crypto.randomUUID is not available while modules load", 18)]
    [InlineData("setTimeout(() => {}, 1); export default () => 1", "Error: setTimeout is not available while modules load", 1)]
    public void Scripts_that_cannot_be_loaded_say_where_and_why(string source, string message, int? column)
    {
        _folder.Write("lib.js", "export const a = 1;");

        var failure = _folder.LoadFailure("bad.js", source);

        Assert.Equal(ScriptFailure.LoadFailed, failure.Failure);
        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
        Assert.Equal(("bad.js", column is null ? null : 1, column), (failure.File, failure.Line, failure.Column));
        Assert.Contains(Path.Combine(_folder.Root, "bad.js"), failure.SourceFiles);
    }

    [Fact]
    public void Errors_in_a_library_point_into_the_library()
    {
        _folder.Write("lib/bad.ts", "export const a: number = 1;\nexport const b: = 2;");

        var failure = _folder.LoadFailure("good.ts", "import { a } from './lib/bad'; export default () => a;");

        Assert.Equal(("lib/bad.ts", 2, 17), (failure.File, failure.Line, failure.Column));
        Assert.Contains(failure.SourceFiles, static file => file.EndsWith("bad.ts", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\n  \"é\": oops\n}", 2, 8)]
    [InlineData("", 1, 1)]
    [InlineData("[1] 2", 1, 5)]
    [InlineData("[1,]", 1, 4)]
    public void Json_that_is_not_JSON_is_placed(string json, int line, int column)
    {
        _folder.Write("lib/data.json", json);

        var failure = _folder.LoadFailure("a.js", "import d from './lib/data.json'; export default () => d");

        Assert.Equal("lib/data.json is not JSON", failure.Message);
        Assert.Equal(("lib/data.json", line, column), (failure.File, failure.Line, failure.Column));
    }

    [Fact]
    public void Modules_that_never_end_are_given_up()
    {
        var host = new ScriptHost(new Mik.Wasm.Runtime.Engine(), new ScriptHostOptions { LoadTime = TimeSpan.FromMilliseconds(50) });

        var failure = Assert.Throws<ScriptException>(() => host.Load(_folder.Write("loop.js", "while (true) {}"), _folder.Root));

        Assert.Equal((ScriptFailure.LoadFailed, "Its modules run too long while they load."), (failure.Failure, failure.Message));
    }

    [Fact]
    public void A_missing_file_is_not_found() =>
        Assert.Equal(ScriptFailure.NotFound, Assert.Throws<ScriptException>(() => ScriptFolder.Host.Load(Path.Combine(_folder.Root, "no.js"), _folder.Root)).Failure);

    [Fact]
    public void Symbolic_links_do_not_lead_out()
    {
        using var elsewhere = new ScriptFolder();
        elsewhere.Write("secret.js", "export default 1");
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "link.js"), Path.Combine(elsewhere.Root, "secret.js"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "lib"), elsewhere.Root);

        var file = _folder.LoadFailure("a.js", "import x from './link.js'; export default () => x");
        var directory = _folder.LoadFailure("b.js", "import x from './lib/secret.js'; export default () => x");
        var entry = Assert.Throws<ScriptException>(() => ScriptFolder.Host.Load(Path.Combine(_folder.Root, "link.js"), _folder.Root));

        Assert.Equal("'./link.js' leads out of the scripts directory", file.Message);
        Assert.Equal("'./lib/secret.js' leads out of the scripts directory", directory.Message);
        Assert.Equal(ScriptFailure.NotFound, entry.Failure);
    }

    [Fact]
    public async Task Symbolic_links_inside_the_directory_work()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "link.js"), _folder.Write("lib/real.js", "export default 1"));

        Assert.Equal("1", await AnswerAsync("import x from './link.js'; export default () => x"));
    }

    [Fact]
    public async Task Types_are_erased_and_positions_kept()
    {
        const string Source = """
            import { script, ok, Request, type Host } from "mik-sdk";
            import type { Nothing } from "./nowhere";

            interface Item { sku: string }
            declare enum Erased { A }

            export default script(async (req: Request, host: Host) => {
              const item = req.body as Item;
              const one = <T>(x: T): T => x;
              if (one<string>(item!.sku) satisfies string === "bad") throw new Error("bad sku");
              return ok(item);
            });
            """;
        using var program = _folder.Load("typed.ts", Source);

        var answer = await RunAsync(program, ScriptFolder.Post("""{"sku":"a"}"""));
        var failure = await Assert.ThrowsAsync<ScriptException>(() => RunAsync(program, ScriptFolder.Post("""{"sku":"bad"}""")));

        Assert.Equal("""{"sku":"a"}""", ScriptFolder.Text(answer));
        Assert.Equal(("typed.ts", 10, 68), (failure.File, failure.Line, failure.Column));
    }

    [Fact]
    public void A_type_imported_as_a_value_gets_a_hint()
    {
        _folder.Write("lib.ts", "export interface Money { amount: number }");

        var failure = _folder.LoadFailure("a.ts", "import {\n  Money,\n} from \"./lib\";\nexport default (m: Money) => m;");

        Assert.Equal("'./lib' has no export 'Money'; if 'Money' is a type, write 'import type'", failure.Message);
        Assert.Equal(("a.ts", 2, 3), (failure.File, failure.Line, failure.Column));
    }

    [Fact]
    public void An_owner_pays_once_for_types_that_are_erased_while_modules_load()
    {
        _folder.Write("lib/b.ts", "export const b: number = 1;");
        _folder.Write("lib/a.ts", "export * from './b'; export const a: number = 1;");
        var owner = new FakeOwner();

        using var program = ScriptFolder.Host.Load(_folder.Write("typed.ts", "import { a, b } from './lib/a'; export default () => (a as number) + b;"), _folder.Root, owner);

        // Three files were erased, and the machine that asked for two of them went on after each.
        Assert.Equal((1, 0, 0), (owner.MostInside, owner.Inside, owner.Taken));
        Assert.InRange(owner.Entries, 6, 8);
    }

    [Fact]
    public void A_file_that_no_script_could_hold_is_not_read()
    {
        _folder.Write("large.js", "");
        using (var file = File.OpenWrite(Path.Combine(_folder.Root, "large.js")))
        {
            file.SetLength((16 << 20) + 1);
        }

        Assert.Equal("large.js is larger than 16 MiB", _folder.LoadFailure("a.js", "import './large.js'; export default () => 1;").Message);
    }

    [Fact]
    public async Task A_dynamic_import_finds_what_was_loaded_and_nothing_else()
    {
        _folder.Write("a.js", "export const a = 1;");
        _folder.Write("b.js", "export const b = 1;");

        var text = await AnswerAsync("import './a.js'; export default async () => [(await import('./a.js')).a, await import('./b.js').catch(e => e.message)];");

        Assert.Equal("""[1,"import() finds only modules that were imported while the script loaded"]""", text);
    }

    private static Task<ScriptAnswer> RunAsync(ScriptProgram program, ScriptRequest request) =>
        program.RunAsync(request, new FakeHandlers(), new FakeConsole(), ScriptFolder.Generous, TestContext.Current.CancellationToken);

    private async Task<string> AnswerAsync(string source)
    {
        using var program = _folder.Load("entry.js", source);
        return ScriptFolder.Text(await RunAsync(program, ScriptFolder.Get()));
    }
}
