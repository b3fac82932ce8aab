using Mik.Scripting.Execution;

namespace Mik.Scripting;

/// <summary>A loaded script. Immutable and thread-safe: every run has an instance of its own.</summary>
public sealed class ScriptProgram : IDisposable
{
    private readonly ScriptInstances _instances;
    private readonly TimeProvider _time;
    private readonly CpuClock _cpu;
    private readonly IScriptThreads _threads;

    internal ScriptProgram(string name, IReadOnlyList<string> sourceFiles, ScriptInstances instances, TimeProvider time, CpuClock cpu, IScriptThreads threads)
    {
        Name = name;
        SourceFiles = sourceFiles;
        _instances = instances;
        _time = time;
        _cpu = cpu;
        _threads = threads;
    }

    /// <summary>The script's name: its file name without extension.</summary>
    public string Name { get; }

    /// <summary>
    /// The full paths of the script's file and of everything it imports; when one changes, the script must be loaded again.
    /// </summary>
    public IReadOnlyList<string> SourceFiles { get; }

    /// <summary>
    /// Answers one request in a fresh instance. Script code runs on the caller's thread until it first waits, and from then on wherever
    /// <see cref="ScriptHostOptions.Threads"/> says, as does what awaits the answer.
    /// </summary>
    /// <param name="request">What to answer.</param>
    /// <param name="calls">Answers <c>host.call</c>.</param>
    /// <param name="console">Takes what the script writes to <c>console</c>.</param>
    /// <param name="limits">How much the run may take.</param>
    /// <param name="cancellation">Fires when the client has gone.</param>
    /// <exception cref="ScriptException">The script gave no answer.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public async Task<ScriptAnswer> RunAsync(
        ScriptRequest request,
        IHandlerCalls calls,
        IScriptConsole console,
        ScriptLimits limits,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var vm = _instances.Rent(out var isWarm);
        if (request.Usage is { } usage)
        {
            usage.IsWarm = isWarm;
        }

        var run = new ScriptRun(vm, Name, request, calls, console, limits, _time, _cpu, _threads, cancellation);
        try
        {
            vm.Run = run;
            return await run.ExecuteAsync();
        }
        finally
        {
            run.Dispose();
            _instances.Return(vm, run.IsIntact);
        }
    }

    /// <summary>Lets go of idle instances. Runs under way end as usual.</summary>
    public void Dispose() => _instances.Dispose();
}
