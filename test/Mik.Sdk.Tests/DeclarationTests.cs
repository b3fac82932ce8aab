using System.Text;
using System.Text.Json;
using Mik.Scripting;
using Xunit;

namespace Mik.Sdk.Tests;

/// <summary>What the package declares is what there is: in the runtime, and in the package elsewhere.</summary>
public sealed class DeclarationTests(DeclarationTests.Declarations declared) : IClassFixture<DeclarationTests.Declarations>
{
    // QuickJS's own, which no script is meant to use.
    private static readonly string[] NotForScripts = ["InternalError"];

    [Fact]
    public async Task The_runtime_exports_what_is_declared()
    {
        var exported = await AskRuntimeAsync("Object.keys(sdk)");
        var values = await AskRuntimeAsync("Object.keys(sdk).filter(name => sdk[name] !== undefined)");

        Assert.Equal(declared.Exports("index.d.ts"), exported.Order(StringComparer.Ordinal));
        Assert.Equal(declared.Values("index.d.ts"), values.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_runtime_has_the_declared_globals_and_no_others()
    {
        var present = await AskRuntimeAsync("Object.getOwnPropertyNames(globalThis)");

        Assert.Empty(declared.Globals.Keys.Where(static n => !n.EndsWith("()", StringComparison.Ordinal)).Except(present));
        Assert.Empty(present.Except(declared.Globals.Keys).Except(declared.EcmaScript).Except(NotForScripts));
    }

    [Fact]
    public async Task The_runtime_has_the_declared_members_of_globals()
    {
        const string Missing = """
            (() => {
              const instances = {
                "DOMException()": new DOMException("x"), "URL()": new URL("http://a/"), "URLSearchParams()": new URLSearchParams(), "TextEncoder()": new TextEncoder(),
                "TextDecoder()": new TextDecoder(), "Event()": new Event("x"), "EventTarget()": new EventTarget(), "AbortSignal()": AbortSignal.abort(),
                "AbortController()": new AbortController(),
              };
              return Object.entries(req.body).flatMap(([name, members]) =>
                members.filter(member => !(member in Object(name.endsWith("()") ? instances[name] : globalThis[name]))).map(member => `${name}.${member}`));
            })()
            """;

        Assert.Contains("searchParams", declared.Globals["URL()"]);
        Assert.Empty(await AskRuntimeAsync(Missing, JsonSerializer.Serialize(declared.Globals)));
        Assert.Equal(
            declared.Globals["console"].Order(StringComparer.Ordinal),
            (await AskRuntimeAsync("Object.keys(console)")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_testing_module_exports_what_is_declared()
    {
        Assert.Equal(declared.Exports("testing/index.d.ts"), await AskNodeAsync("testing/index.js", "Object.keys(module)"));
    }

    [Fact]
    public async Task A_runner_provides_the_declared_globals()
    {
        Assert.Equal(declared.TestGlobals, await AskNodeAsync("testing/api.js", "Object.keys(module)"));
    }

    [Theory]
    [InlineData("test", "module.test")]
    [InlineData("describe", "module.describe")]
    [InlineData("expect", "module.expect")]
    [InlineData("expect()", "module.expect(1)")]
    [InlineData("vi", "module.vi")]
    [InlineData("fn()", "module.vi.fn()", "state", "_isMockFunction")]
    public async Task What_tests_use_has_the_declared_members(string name, string value, params string[] undeclared)
    {
        var present = await AskNodeAsync("testing/api.js", $"Object.getOwnPropertyNames({value})");

        Assert.Equal(declared.Members(name), present.Except(["length", "name", "prototype", .. undeclared]));
    }

    private static async Task<string[]> AskRuntimeAsync(string expression, string body = "null")
    {
        var source = $"import * as sdk from 'mik-sdk'; export default sdk.script(async req => {expression});";
        var request = new ScriptRequest { Method = "POST", Path = "/", Body = Encoding.UTF8.GetBytes(body) };
        return JsonSerializer.Deserialize<string[]>(await RuntimeScripts.RunAsync(source, request))!;
    }

    // A list of names, sorted.
    private static async Task<IEnumerable<string>> AskNodeAsync(string file, string expression)
    {
        var program = $"import * as module from './{file}'; console.log(JSON.stringify({expression}))";
        var result = await NodeProgram.NodeAsync(NodeProgram.SdkDirectory, "--input-type=module", "--eval", program);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonSerializer.Deserialize<string[]>(result.Output)!.Order(StringComparer.Ordinal);
    }

    /// <summary>What declared.mjs prints.</summary>
    public sealed class Declarations : IAsyncLifetime
    {
        private JsonElement _root;

        internal IReadOnlyDictionary<string, string[]> Globals { get; private set; } = new Dictionary<string, string[]>();

        internal IReadOnlyList<string> EcmaScript => Names(_root.GetProperty("ecmaScript"));

        internal IEnumerable<string> TestGlobals => Names(_root.GetProperty("testGlobals")).Order(StringComparer.Ordinal);

        internal IEnumerable<string> Exports(string file) => Names(_root.GetProperty("exports").GetProperty(file)).Order(StringComparer.Ordinal);

        internal IEnumerable<string> Values(string file) => Names(_root.GetProperty("values").GetProperty(file)).Order(StringComparer.Ordinal);

        /// <summary>The members of a value that is exported for tests, or of what it returns: <c>expect()</c>.</summary>
        internal IEnumerable<string> Members(string name) => Names(_root.GetProperty("members").GetProperty(name)).Order(StringComparer.Ordinal);

        public async ValueTask InitializeAsync()
        {
            var program = Path.Combine(RepositoryRoot.Path, "test", "Mik.Sdk.Tests", "declared.mjs");
            var result = await NodeProgram.NodeAsync(NodeProgram.SdkDirectory, program, ".");
            Assert.True(result.ExitCode == 0, result.Error);
            using var document = JsonDocument.Parse(result.Output);
            _root = document.RootElement.Clone();
            Globals = _root.GetProperty("globals").Deserialize<Dictionary<string, string[]>>()!;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static string[] Names(JsonElement list) => list.Deserialize<string[]>()!;
    }
}
