using Mik.Scripting;
using Mik.Scripting.Execution;
using Mik.Scripting.Modules;
using Mik.Server.Configuration;
using Mik.Server.Hosting;
using Mik.Testing.Execution;
using Mik.Testing.Results;
using Mik.Wasm.Runtime;

namespace Mik.Testing;

/// <summary>
/// Runs test files: each in a fresh instance of the engine that serves scripts, several at a time. What was compiled for one run is there
/// for the next. One run at a time.
/// </summary>
public sealed class TestRunner : IDisposable
{
    // As much as the server's threads give to guests.
    private const int StackBytes = 2 * 1024 * 1024;

    private readonly string _root;
    private readonly TestOptions _options;
    private readonly TimeProvider _time;
    private readonly ScriptHost _host;
    private readonly OfflineServer _server;
    private readonly Lazy<TestVmImage> _image;

    /// <summary>Prepares a runner; the engine is compiled when it first runs something.</summary>
    /// <param name="config">The project: its directory, which imports cannot leave, and the limits of its scripts and handlers.</param>
    /// <param name="options">How to run tests.</param>
    /// <param name="time">The clock of everything but what a test measures out itself.</param>
    public TestRunner(MikConfig config, TestOptions options, TimeProvider time)
    {
        _root = config.Directory;
        _options = options;
        _time = time;
        var engine = new Engine(new EngineOptions { Cache = options.CodeCache });
        _host = new ScriptHost(engine, new ScriptHostOptions { TimeProvider = time, ErasedSourcesDirectory = options.ErasedSourcesDirectory });
        _server = new OfflineServer(config, engine, _host, time);
        _image = new Lazy<TestVmImage>(() =>
        {
            using var vm = new TestVm(_host.QuickJs, _host.Options);
            return vm.Capture();
        });
    }

    /// <summary>Runs files.</summary>
    /// <param name="files">Their full paths.</param>
    /// <param name="finished">Told of each file's result, in the order of <paramref name="files"/>; never by two threads at once.</param>
    /// <param name="cancellation">Ends the run; files that have not been run are then missing from the summary.</param>
    public TestRunSummary Run(IReadOnlyList<string> files, Action<TestFileResult> finished, CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        var results = new TestFileResult?[files.Count];
        var told = 0;
        var next = -1;
        var isStopped = false;
        var telling = new Lock();
        _server.ForgetScripts();
        _host.Eraser.PrepareFor(files);

        void Work()
        {
            for (var i = Interlocked.Increment(ref next); i < files.Count; i = Interlocked.Increment(ref next))
            {
                if (cancellation.IsCancellationRequested || Volatile.Read(ref isStopped))
                {
                    return;
                }

                var result = RunFile(files[i], cancellation);
                lock (telling)
                {
                    results[i] = result;
                    isStopped |= _options.StopsAtFailure && result is { HasFailed: true };
                    for (; told < results.Length && results[told] is { } due; told++)
                    {
                        finished(due);
                    }
                }
            }
        }

        var threads = Enumerable.Range(0, Math.Clamp(_options.Workers, 1, Math.Max(files.Count, 1)))
            .Select(_ => new Thread(Work, StackBytes) { IsBackground = true, Name = "mik test" })
            .ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());

        // After an early end, files whose turn came later may be done while one before them is not.
        foreach (var late in results.Skip(told).OfType<TestFileResult>())
        {
            finished(late);
        }

        return new TestRunSummary([.. results.OfType<TestFileResult>()], _time.GetElapsedTime(started));
    }

    /// <summary>Gets ready for files that are about to change; does not wait.</summary>
    public void PrepareForChanges() => _host.Eraser.Prepare();

    /// <summary>Handlers have changed: the next run loads them again. Not during a run.</summary>
    public void ForgetHandlers() => _server.ForgetHandlers();

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    private TestFileResult? RunFile(string file, CancellationToken cancellation)
    {
        var log = new TestFileLog(Path.GetRelativePath(_root, file).Replace(Path.DirectorySeparatorChar, '/'), _time);
        ScriptModules? modules = null;
        try
        {
            modules = new ScriptModules(file, _root, _host.Eraser);
            log.SourceOf = modules.Loaded;

            // Compiling the engine and the type eraser is not the file's doing: before its clock starts, and side by side.
            var image = _image.Value;
            modules.Load(modules.EntryName);
            while (RunOnce(modules, image, log, cancellation))
            {
            }

            if (!_options.StopsAtFailure)
            {
                log.RequireAllRun();
            }
        }
        catch (ScriptException failure)
        {
            log.AddError(ErrorOf(failure));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }

        return log.ToResult([.. modules?.Files ?? [file], .. log.InvokedScripts.SelectMany(_server.SourceFilesOf)]);
    }

    // One machine's way through what is left of a file. Returns whether something is still left.
    private bool RunOnce(ScriptModules modules, TestVmImage image, TestFileLog log, CancellationToken cancellation)
    {
        log.Restart();
        using var vm = new TestVm(_host.QuickJs, modules, _host.Options, image);
        using var run = new TestFileRun(vm, log, _options, _server, _host, cancellation);
        try
        {
            run.Execute(log.Next);
            return false;
        }
        catch (ScriptException failure)
        {
            var isLoading = !log.IsLoaded;
            var explained = isLoading ? new LoadDiagnosis(modules).Of(failure) : failure;
            return log.TakeStop(ErrorOf(explained)) && !(_options.StopsAtFailure && log.HasFailed);
        }
        finally
        {
            log.InvokedScripts.UnionWith(run.InvokedScripts);
        }
    }

    private static TestError ErrorOf(ScriptException failure) => new(failure.Failure switch
    {
        ScriptFailure.CpuLimit or ScriptFailure.Timeout => "It computed for longer than its timeout and was stopped.",
        ScriptFailure.MemoryLimit => "It needed more memory than a test file may have and was stopped.",
        ScriptFailure.StackLimit => "Calls nest too deeply.",
        _ => failure.Message,
    })
    {
        File = failure.File,
        Line = failure.Line,
        Column = failure.Column,
        Stack = failure.Stack,
    };
}
