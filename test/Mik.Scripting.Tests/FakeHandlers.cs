using System.Collections.Concurrent;
using System.Text;

namespace Mik.Scripting.Tests;

/// <summary>Handlers that answer what the test says and remember how they were called.</summary>
internal sealed class FakeHandlers : IHandlerCalls
{
    private readonly Dictionary<string, Func<HandlerCall, CancellationToken, Task<HandlerAnswer>>> _handlers = [];

    public ConcurrentQueue<HandlerCall> Calls { get; } = [];

    public static HandlerAnswer Json(string json, int status = 200) => Answer(json, "application/json", status);

    public static HandlerAnswer Answer(string body, string? contentType, int status = 200) =>
        new(status, contentType is null ? [] : [new ScriptHeader("Content-Type", contentType)], Encoding.UTF8.GetBytes(body));

    public FakeHandlers On(string name, HandlerAnswer answer) => On(name, (_, _) => Task.FromResult(answer));

    public FakeHandlers On(string name, Func<HandlerCall, CancellationToken, Task<HandlerAnswer>> handler)
    {
        _handlers[name] = handler;
        return this;
    }

    public Task<HandlerAnswer> CallAsync(HandlerCall call, CancellationToken cancellation)
    {
        Calls.Enqueue(call);
        return _handlers.TryGetValue(call.Handler, out var handler)
            ? handler(call, cancellation)
            : throw new HandlerCallException(HandlerCallCode.ModuleNotFound, call.Handler, $"there is no handler '{call.Handler}'");
    }
}

/// <summary>Remembers what a script wrote to its console.</summary>
internal sealed class FakeConsole : IScriptConsole
{
    public List<(ScriptLogLevel Level, string Script, string Request, string Message)> Lines { get; } = [];

    public void Write(ScriptLogLevel level, string scriptName, string requestId, string message) =>
        Lines.Add((level, scriptName, requestId, message));
}
