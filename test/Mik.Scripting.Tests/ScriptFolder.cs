using System.Text;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Scripting.Tests;

/// <summary>A scripts directory of a test, with the host all tests share: compiling the script engine takes a while.</summary>
internal sealed class ScriptFolder : IDisposable
{
    private static readonly Lazy<ScriptHost> SharedHost = new(static () => new ScriptHost(new Engine()));

    public ScriptFolder() => Root = Directory.CreateTempSubdirectory("mik-scripts-").FullName;

    public static ScriptHost Host => SharedHost.Value;

    public string Root { get; }

    /// <summary>Limits that only a script gone wrong reaches, however slow the machine.</summary>
    public static ScriptLimits Generous { get; } = new() { CpuTime = TimeSpan.FromMinutes(2), WallTime = TimeSpan.FromMinutes(5) };

    public string Write(string name, string source)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, source);
        return path;
    }

    public ScriptProgram Load(string name, string source) => Host.Load(Write(name, source), Root);

    public ScriptException LoadFailure(string name, string source) => Assert.Throws<ScriptException>(() => Load(name, source));

    /// <summary>Runs a script whose function has this body.</summary>
    public static async Task<ScriptAnswer> RunAsync(
        string body, ScriptRequest? request = null, FakeHandlers? handlers = null, FakeConsole? console = null, ScriptLimits? limits = null)
    {
        using var folder = new ScriptFolder();
        using var program = folder.Load("test.js", Wrap(body));
        return await program.RunAsync(
            request ?? Get(), handlers ?? new FakeHandlers(), console ?? new FakeConsole(), limits ?? Generous, TestContext.Current.CancellationToken);
    }

    public static async Task<ScriptException> FailureAsync(
        string body, ScriptRequest? request = null, FakeHandlers? handlers = null, ScriptLimits? limits = null) =>
        await Assert.ThrowsAsync<ScriptException>(() => RunAsync(body, request, handlers, null, limits));

    /// <summary>What a script's function with this body answers, as text.</summary>
    public static async Task<string> TextAsync(string body, ScriptRequest? request = null, FakeHandlers? handlers = null) =>
        Text(await RunAsync(body, request, handlers));

    public static string Text(ScriptAnswer answer) => Encoding.UTF8.GetString(answer.Body.Span);

    public static string Wrap(string body) =>
        $"import {{ script, ok, error }} from \"mik-sdk\";\nexport default script(async (req, host) => {{\n{body}\n}});";

    public static ScriptRequest Get(string path = "/script/test", string query = "") => new() { Method = "GET", Path = path, Query = query };

    public static ScriptRequest Post(string body, string? contentType = "application/json") => new()
    {
        Method = "POST",
        Path = "/script/test",
        Headers = contentType is null ? [] : [new ScriptHeader("Content-Type", contentType)],
        Body = Encoding.UTF8.GetBytes(body),
    };

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
