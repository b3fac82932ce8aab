using Mik.Scripting;
using Mik.Server.Execution;

namespace Mik.Server.Tests.Fakes;

/// <summary>One run of a <see cref="FakeScript"/>.</summary>
internal sealed record FakeScriptRun(ScriptRequest Request, IHandlerCalls Calls, IScriptConsole Console, CancellationToken Cancellation)
{
    public Task<HandlerAnswer> CallAsync(string handler, string path = "/", string method = "GET", TimeSpan? timeout = null) =>
        Calls.CallAsync(new HandlerCall(handler, method, path, [], default, HasBody: false, timeout), Cancellation);
}

/// <summary>A script that is a function of the test.</summary>
internal sealed class FakeScript(Func<FakeScriptRun, Task<ScriptAnswer>> script, params string[] sources) : IScriptProgram
{
    public bool IsDisposed { get; private set; }

    public IReadOnlyList<string> SourceFiles => sources;

    public Task<ScriptAnswer> RunAsync(
        ScriptRequest request, IHandlerCalls calls, IScriptConsole console, ScriptLimits limits, CancellationToken cancellation) =>
        script(new FakeScriptRun(request, calls, console, cancellation));

    public void Dispose() => IsDisposed = true;
}
