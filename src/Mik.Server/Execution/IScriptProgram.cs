using Mik.Scripting;

namespace Mik.Server.Execution;

/// <summary>A loaded script, seen from the request path. Disposing lets idle instances go; runs under way end as usual.</summary>
internal interface IScriptProgram : IDisposable
{
    /// <summary>Full paths of everything the script was made from.</summary>
    IReadOnlyList<string> SourceFiles { get; }

    /// <summary>Answers one request in an instance of its own.</summary>
    /// <exception cref="ScriptException">The script gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    Task<ScriptAnswer> RunAsync(
        ScriptRequest request, IHandlerCalls calls, IScriptConsole console, ScriptLimits limits, CancellationToken cancellation);
}

/// <summary>A script of the script engine.</summary>
internal sealed class HostedScript(ScriptProgram program) : IScriptProgram
{
    public IReadOnlyList<string> SourceFiles => program.SourceFiles;

    public Task<ScriptAnswer> RunAsync(
        ScriptRequest request, IHandlerCalls calls, IScriptConsole console, ScriptLimits limits, CancellationToken cancellation) =>
        program.RunAsync(request, calls, console, limits, cancellation);

    public void Dispose() => program.Dispose();
}
