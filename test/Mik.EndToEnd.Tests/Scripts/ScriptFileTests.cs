using Xunit;

namespace Mik.EndToEnd.Tests.Scripts;

/// <summary>Which files are scripts and libraries, and when a change of one is seen.</summary>
[Collection(ScriptProjectTests.Name)]
public sealed class ScriptFileTests(ScriptProject project)
{
    private const string Constant = "export default () => 1;";

    [Theory]
    [InlineData("ts")]
    [InlineData("mts")]
    [InlineData("js")]
    [InlineData("mjs")]
    public async Task Files_become_endpoints(string extension) =>
        (await project.GetAsync($"/script/{project.AddFile(Constant, extension)}"))
            .Shows("name.ts, .mts, .js, .mjs in the scripts directory become /script/name", 200, "1");

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("PURGE")]
    public async Task Any_method_reaches_a_script(string method) =>
        (await project.AskAsync("return req.method", method)).Shows("the script; any method", 200, $"\"{method}\"");

    [Theory]
    [InlineData("sub-directories are libraries, … not endpoints", "lib/inside.js", "/script/lib/inside")]
    [InlineData("sub-directories are libraries, … not endpoints", "lib/inside.js", "/script/lib%2Finside")]
    [InlineData("*.test.*, *.spec.* and *.d.ts are never endpoints", "cart.test.ts", "/script/cart.test")]
    [InlineData("*.test.*, *.spec.* and *.d.ts are never endpoints", "cart.test.js", "/script/cart.test")]
    [InlineData("*.test.*, *.spec.* and *.d.ts are never endpoints", "cart.spec.mts", "/script/cart.spec")]
    [InlineData("*.test.*, *.spec.* and *.d.ts are never endpoints", "cart.d.ts", "/script/cart.d")]
    [InlineData("*.test.*, *.spec.* and *.d.ts are never endpoints", "cart.d.mts", "/script/cart.d")]
    [InlineData("name.ts, .mts, .js, .mjs … become /script/name", "old.cjs", "/script/old")]
    [InlineData("name.ts, .mts, .js, .mjs … become /script/name", "data.json", "/script/data")]
    public async Task Other_files_do_not(string sentence, string file, string path)
    {
        project.Write(file, Constant);

        var reply = await project.GetAsync(path);

        Assert.True(reply.Status is 404 or 400, $"\"{sentence}\" does not hold: {path} answers {reply.Status} {reply.Body}");
        Assert.Equal("application/problem+json", reply.ContentType);
    }

    [Theory]
    [InlineData("./lib/money", "lib/money.ts")]
    [InlineData("./lib/money.ts", "lib/money.ts")]
    [InlineData("./lib/money.js", "lib/money.ts")]
    [InlineData("./lib/money2", "lib/money2.mts")]
    [InlineData("./lib/money3", "lib/money3.js")]
    [InlineData("./lib/money4", "lib/money4.mjs")]
    [InlineData("./lib/deep/er/money5", "lib/deep/er/money5.ts")]
    public async Task Libraries_are_imported_by_relative_path(string specifier, string file)
    {
        project.Write(file, "export const vat = 20;");

        (await project.GetAsync($"/script/{project.AddFile($"import {{ vat }} from '{specifier}'; export default () => vat;")}"))
            .Shows("libraries, imported by relative path (extension optional)", 200, "20");
    }

    [Fact]
    public async Task Libraries_import_each_other_and_upwards()
    {
        project.Write("lib/a/one.ts", "import { two } from '../b/two'; export const one = 'one ' + two;");
        project.Write("lib/b/two.ts", "import { three } from '../../three'; export const two = 'two ' + three;");
        project.Write("three.ts", "export const three = 'three'; export default () => three;");

        (await project.GetAsync($"/script/{project.AddFile("import { one } from './lib/a/one'; export default () => one;", "ts")}"))
            .Shows("libraries, imported by relative path", 200, "\"one two three\"");
    }

    [Theory]
    [InlineData("import data from './lib/data.json';")]
    [InlineData("import data from './lib/data.json' with { type: 'json' };")]
    [InlineData("import data from './lib/data';")]
    [InlineData("import { default as data } from './lib/data.json' with { type: 'json' };")]
    public async Task Json_is_imported_as_its_value(string import)
    {
        project.Write("lib/data.json", """{ "vat": [20, null], "__proto__": "own" }""");

        (await project.GetAsync($"/script/{project.AddFile($"{import} export default () => data;", "ts")}"))
            .Shows("imported by relative path", 200, """{"vat":[20,null],"__proto__":"own"}""");
    }

    [Fact]
    public async Task Json_that_is_not_JSON_is_a_load_error_with_its_place()
    {
        project.Write("lib/broken.json", "{\n  \"vat\": 20,\n  oops\n}\n");
        var name = project.AddFile("import data from './lib/broken.json'; export default () => data;");

        (await project.GetAsync($"/script/{name}")).ShowsProblem("a script that fails to load answers 500", 500, "script-unloadable");
        await project.Server.WaitForLogAsync($"Script {name} cannot be loaded and answers 500: lib/broken.json:3:3");
    }

    [Fact]
    public async Task Two_files_for_one_name_are_a_start_up_error()
    {
        using var twice = new TemporaryProject().Write("scripts/cart.ts", Constant).Write("scripts/cart.js", Constant);

        var result = await MikProgram.RunAsync(twice.Directory, ["run", "--port", "0"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("cart.ts", result.Error, StringComparison.Ordinal);
        Assert.Contains("cart.js", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Editing_adding_or_removing_takes_effect_on_the_next_request()
    {
        const string Sentence = "Editing, adding or removing a file takes effect on the next request without a restart";
        (await project.GetAsync("/script/live")).ShowsProblem(Sentence, 404, "script-unknown");

        project.Write("lib/live.ts", "export const value: number = 1;");
        project.Write("live.ts", "import { value } from './lib/live'; export default () => value;");
        (await project.GetAsync("/script/live")).Shows(Sentence, 200, "1");

        project.Write("live.ts", "import { value } from './lib/live'; export default () => [value];");
        (await project.GetAsync("/script/live")).Shows(Sentence, 200, "[1]");

        project.Write("lib/live.ts", "export const value: number = 20;");
        (await project.GetAsync("/script/live")).Shows(Sentence, 200, "[20]");

        project.Delete("live.ts");
        (await project.GetAsync("/script/live")).ShowsProblem(Sentence, 404, "script-unknown");
    }

    [Theory]
    [InlineData("js", "export default () => {\n  return 1 +;\n};", ":2:13")]
    [InlineData("ts", "const n: number = 1;\nexport default () => { const = n };", ":2:30")]
    [InlineData("mts", "export default () => 1;\nexport default () => 2;", ":2")]
    [InlineData("js", "import { nothing } from './nowhere';\nexport default () => 1;", ":1:25")]
    [InlineData("ts", "export const unused = 1;\nnull!.x;\nexport default () => 1;", ":2:")]
    public async Task A_script_that_fails_to_load_is_placed_in_the_log_and_others_serve(string extension, string source, string place)
    {
        var name = project.AddFile(source, extension);

        (await project.GetAsync($"/script/{name}")).ShowsProblem("a script that fails to load answers 500", 500, "script-unloadable");
        await project.Server.WaitForLogAsync($"Script {name} cannot be loaded and answers 500: {name}.{extension}{place}");
        (await project.GetAsync($"/script/{project.AddFile(Constant)}")).Shows("the others keep serving", 200, "1");
    }
}
