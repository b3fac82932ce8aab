using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acornima.Ast;
using Jint;
using Jint.Native;
using Mik.Scripting;
using Mik.Server.Execution;

namespace Mik.Benchmarks.Peers;

/// <summary>
/// A script on Jint, an interpreter in managed code, as one would serve it to untrusted authors: parsed once, a fresh engine for every
/// request, bounds on time, memory and recursion, values crossing as JSON. Takes the scripts of the benchmarks as they are.
/// </summary>
internal sealed class JintScript : IScriptProgram
{
    private const int MaxRecursion = 256;

    // The part of the SDK that the benchmarks' scripts use, and what turns a request into a call of the script.
    private static readonly Prepared<Module> Sdk = Engine.PrepareModule(
        """
        export const script = (run) => run;
        export const ok = (body) => ({ status: 200, body });
        """,
        "mik-sdk");

    private static readonly Prepared<Module> Driver = Engine.PrepareModule(
        """
        import run from "script";

        const bodyOf = ({ isJson, text }) => (isJson ? JSON.parse(text) : text);
        const host = {
          async call(name, { method = "GET", path = "/", headers = {}, body } = {}) {
            const text = await __call(name, JSON.stringify({ method, path, headers, body: body === undefined ? undefined : JSON.stringify(body) }));
            const { status, headers: received, body: answer } = JSON.parse(text);
            return { status, headers: received, body: bodyOf(answer) };
          },
        };

        const request = JSON.parse(__request);
        run({ ...request, body: bodyOf(request.body) }, host).then(
          ({ status, body }) => __finish(JSON.stringify({ status, body })),
          (error) => __fail(String(error?.stack ?? error)));
        """,
        "driver");

    private readonly string _file;
    private readonly Prepared<Module> _script;

    /// <summary>Parses a script.</summary>
    public JintScript(string file)
    {
        _file = file;
        _script = Engine.PrepareModule(File.ReadAllText(file), file);
    }

    public IReadOnlyList<string> SourceFiles => [_file];

    public async Task<ScriptAnswer> RunAsync(
        ScriptRequest request, IHandlerCalls calls, IScriptConsole console, ScriptLimits limits, CancellationToken cancellation)
    {
        using var engine = new Engine(options => options
            .Strict()
            .DisableStringCompilation()
            .LimitMemory(limits.MemoryBytes)
            .TimeoutInterval(limits.WallTime)
            .LimitRecursion(MaxRecursion)
            .CancellationToken(cancellation));

        // 1. What the script can reach.
        string? answer = null;
        string? failure = null;
        var underWay = new List<(Task<HandlerAnswer> Answer, Action<JsValue> Resolve)>();
        engine.SetValue("__request", RequestJson(request));
        engine.SetValue("__finish", new Action<string>(json => answer = json));
        engine.SetValue("__fail", new Action<string>(error => failure = error));
        engine.SetValue("__call", new Func<string, string, JsValue>((handler, options) =>
        {
            var promise = engine.Advanced.RegisterPromise();
            var call = CallOf(handler, options);
            underWay.Add((Task.Run(() => calls.CallAsync(call, cancellation), cancellation), promise.Resolve));
            return promise.Promise;
        }));

        // 2. The script runs until it waits.
        engine.Modules.Add("mik-sdk", module => module.AddModule(Sdk));
        engine.Modules.Add("script", module => module.AddModule(_script));
        engine.Modules.Add("driver", module => module.AddModule(Driver));
        engine.Modules.Import("driver");

        // 3. Answers go in as they come, on the script's own thread.
        while (answer is null && failure is null && underWay.Count > 0)
        {
            await Task.WhenAny(underWay.Select(static call => call.Answer));
            foreach (var call in underWay.FindAll(static call => call.Answer.IsCompleted))
            {
                underWay.Remove(call);
                call.Resolve(AnswerJson(await call.Answer));
                engine.Advanced.ProcessTasks();
            }
        }

        return answer is null
            ? throw new ScriptException(ScriptFailure.Threw, failure ?? "The script ended without an answer.")
            : AnswerOf(answer);
    }

    public void Dispose()
    {
    }

    private static string RequestJson(ScriptRequest request) => new JsonObject
    {
        ["method"] = request.Method,
        ["path"] = request.Path,
        ["headers"] = HeadersOf(request.Headers),
        ["body"] = BodyOf(request.Headers, request.Body),
    }.ToJsonString();

    private static string AnswerJson(HandlerAnswer answer) => new JsonObject
    {
        ["status"] = answer.Status,
        ["headers"] = HeadersOf(answer.Headers),
        ["body"] = BodyOf(answer.Headers, answer.Body),
    }.ToJsonString();

    private static JsonObject HeadersOf(IReadOnlyList<ScriptHeader> headers)
    {
        var json = new JsonObject();
        foreach (var (name, value) in headers)
        {
            json[name] = value;
        }

        return json;
    }

    private static JsonObject BodyOf(IReadOnlyList<ScriptHeader> headers, ReadOnlyMemory<byte> body) => new()
    {
        ["isJson"] = headers.Any(static header =>
            header.Name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
            && header.Value.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)),
        ["text"] = Encoding.UTF8.GetString(body.Span),
    };

    private static HandlerCall CallOf(string handler, string options)
    {
        using var json = JsonDocument.Parse(options);
        var headers = json.RootElement.GetProperty("headers").EnumerateObject().Select(static field => new ScriptHeader(field.Name, field.Value.GetString()!)).ToList();
        var hasBody = json.RootElement.TryGetProperty("body", out var body);
        if (hasBody)
        {
            headers.Add(new ScriptHeader("content-type", "application/json"));
        }

        var bytes = hasBody ? Encoding.UTF8.GetBytes(body.GetString()!) : [];
        return new HandlerCall(
            handler,
            json.RootElement.GetProperty("method").GetString()!,
            json.RootElement.GetProperty("path").GetString()!,
            headers,
            bytes,
            hasBody,
            Timeout: null);
    }

    private static ScriptAnswer AnswerOf(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        var body = Encoding.UTF8.GetBytes(json.RootElement.GetProperty("body").GetRawText());
        return new ScriptAnswer(json.RootElement.GetProperty("status").GetInt32(), [new ScriptHeader("content-type", "application/json")], body);
    }
}
