using System.Globalization;
using System.Text.Json;
using Mik.Scripting;
using Xunit;

namespace Mik.Sdk.Tests;

/// <summary>Under a test host a script sees the very bodies and headers that it sees in the runtime.</summary>
public sealed class BorderTests(InstalledPackage project) : IClassFixture<InstalledPackage>
{
    private const string Json = "application/json", Form = "application/x-www-form-urlencoded";

    private static readonly Message[] Answers =
    [
        new(null, ""), new(null, "{\"a\":1}"), new(null, "plain"), new(null, "\0"), new(Json, "[1, 2]"), new(Json, "not JSON"), new(Json, ""),
        new("application/problem+json; charset=utf-8", "{\"title\":\"x\"}", 404), new("text/json", "null"), new("application/octet-stream", "[true]"),
        new("application/octet-stream", "[true"), new("text/plain", "[1]"), new("text/html; charset=utf-8", "é"), new("text/plain; charset=nonsense", "é"),
        new("text/plain;charset=\"ISO-8859-1\"", "é"), new("image/svg+xml", "<svg/>"), new("application/yaml", "a: 1"), new("IMAGE/PNG", "ab"),
        new(Json, "\uFEFF{\"a\":1}"), new("text/plain", "\uFEFFx"), new(Form, "a=1"), new(Json, "{\"a\":1}", 201), new(Json, "{\"a\":1}", 200, "gzip"),
        new(Json, "[]", 202, "identity"), new("text/plain", "a\0b"),
    ];

    private static readonly Message[] Requests =
    [
        new(Json, "{\"a\":{\"b\":[1]}}"), new(Json, "{"), new(Json, ""), new(Form, "a=1&b=x+y&a=2&c=%C3%A9&&d"), new(Form, "{\"a\":1}"), new(Form, "=x"),
        new("text/plain", "é"), new("image/png", "ab"), new("application/octet-stream", "[1]"), new("application/xml", "<a/>"), new(Json, "{}", 200, "br"),
    ];

    [Fact]
    public async Task Bodies_and_headers_cross_as_they_do_in_the_runtime()
    {
        var source = await File.ReadAllTextAsync(SourceFile("border.js"), TestContext.Current.CancellationToken);

        var underTest = await RunUnderTestHostAsync(source);
        var inRuntime = new List<string>();
        foreach (var request in Requests)
        {
            inRuntime.Add(await RunInRuntimeAsync(source, request));
        }

        Assert.Equal(Requests.Length, underTest.Count);
        Assert.Equal(inRuntime, underTest);
    }

    private static async Task<string> RunInRuntimeAsync(string source, Message message)
    {
        var request = new ScriptRequest { Method = "POST", Path = "/x", Query = Query, Headers = message.Headers, Body = message.Body };
        try
        {
            return Normal(JsonDocument.Parse(await RuntimeScripts.RunAsync(source, request, new Handlers())).RootElement);
        }
        catch (ScriptException refused) when (refused.Failure == ScriptFailure.InvalidRequestBody)
        {
            return "null";
        }
    }

    private async Task<List<string>> RunUnderTestHostAsync(string source)
    {
        static object Of(Message m) => new
        {
            method = "POST",
            path = $"/x?{Query}",
            status = m.Status,
            headers = m.Headers.ToDictionary(static h => h.Name, static h => h.Value),
            body = Convert.ToBase64String(m.Body),
        };
        var cases = JsonSerializer.Serialize(new { requests = Requests.Select(Of), answers = Answers.Select(Of) });
        await File.WriteAllTextAsync(Path.Combine(project.Directory, "border.js"), source);
        await File.WriteAllTextAsync(Path.Combine(project.Directory, "cases.json"), cases);
        File.Copy(SourceFile("border.mjs"), Path.Combine(project.Directory, "border.mjs"), overwrite: true);

        var result = await NodeProgram.NodeAsync(project.Directory, "border.mjs");
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. JsonDocument.Parse(result.Output).RootElement.EnumerateArray().Select(Normal)];
    }

    private static string Query => $"answers={Answers.Length}&q=x%20y&q=2&=z&r";

    private static string SourceFile(string name) => Path.Combine(RepositoryRoot.Path, "test", "Mik.Sdk.Tests", name);

    // The same whatever escapes and order of headers the writer chose.
    private static string Normal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object =>
            "{" + string.Join(",", value.EnumerateObject().OrderBy(static p => p.Name, StringComparer.Ordinal).Select(static p => $"{p.Name}:{Normal(p.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(Normal)) + "]",
        JsonValueKind.String => $"'{value.GetString()}'",
        _ => value.GetRawText(),
    };

    private sealed record Message(string? Type, string Text, int Status = 200, string? Encoding = null)
    {
        public byte[] Body => (Type?.Contains("8859", StringComparison.Ordinal) is true ? System.Text.Encoding.Latin1 : System.Text.Encoding.UTF8).GetBytes(Text);

        public IReadOnlyList<ScriptHeader> Headers =>
        [
            .. Type is null ? [] : new[] { new ScriptHeader("Content-Type", Type) },
            .. Encoding is null ? [] : new[] { new ScriptHeader("Content-Encoding", Encoding) },
        ];
    }

    // The same as in border.mjs: one that sends back what it gets, one with answers by number.
    private sealed class Handlers : IHandlerCalls
    {
        public Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation)
        {
            if (call.Handler == "echo")
            {
                return Task.FromResult(new HandlerAnswer(201, call.Headers, call.Body));
            }

            var answer = Answers[int.Parse(call.Path[1..], CultureInfo.InvariantCulture)];
            return Task.FromResult(new HandlerAnswer(answer.Status, answer.Headers, answer.Body));
        }
    }
}
