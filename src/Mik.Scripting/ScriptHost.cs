using System.Security.Cryptography;
using Mik.Scripting.Execution;
using Mik.Scripting.Modules;
using Mik.Scripting.QuickJs;
using Mik.Scripting.TypeScript;
using Mik.Wasm.Runtime;

namespace Mik.Scripting;

/// <summary>What scripts get from outside besides their request.</summary>
public sealed record ScriptHostOptions
{
    /// <summary>The clock behind <c>Date</c>, <c>performance.now</c>, timers and all time limits.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Fills a buffer with the randomness behind <c>crypto</c> and <c>Math.random</c>.</summary>
    public Action<Span<byte>> FillRandom { get; init; } = RandomNumberGenerator.Fill;

    /// <summary>Where scripts go on after they waited; the thread pool by default.</summary>
    public IScriptThreads Threads { get; init; } = new PoolThreads();

    /// <summary>
    /// Where to keep what TypeScript files were erased to, for the next start; made when it is needed. Nowhere when null.
    /// </summary>
    public string? ErasedSourcesDirectory { get; init; }

    /// <summary>How long a script's modules may run while they load, in processor time.</summary>
    public TimeSpan LoadTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What <see cref="ScriptLimits.CpuTime"/> is measured by; the system's own clock unless a test brings another.</summary>
    internal CpuClock? CpuClock { get; init; }
}

/// <summary>Loads scripts. One per process is enough; thread-safe.</summary>
public sealed class ScriptHost
{
    private readonly ScriptHostOptions _options;
    private readonly Lazy<Module> _quickJs;
    private readonly Lazy<ScriptVmImage> _empty;
    private readonly TypeScriptEraser _eraser;
    private readonly CpuClock _cpu;

    /// <summary>Prepares the script engine; it is compiled when the first script is loaded.</summary>
    /// <param name="engine">Compiles the script engine, which is a WebAssembly module itself.</param>
    /// <param name="options">What scripts get from outside.</param>
    public ScriptHost(Engine engine, ScriptHostOptions? options = null)
    {
        _options = options ?? new ScriptHostOptions();
        _quickJs = new Lazy<Module>(() => QuickJsModule.Compile(engine));
        _empty = new Lazy<ScriptVmImage>(() =>
        {
            using var vm = new ScriptVm(_quickJs.Value, _options);
            return vm.Capture();
        });
        _eraser = new TypeScriptEraser(engine, _options.ErasedSourcesDirectory is { } directory ? new ErasedSources(directory) : null, _options);
        _cpu = _options.CpuClock ?? CpuClock.For(_options.TimeProvider);
    }

    /// <summary>The script engine; compiled when it is first asked for.</summary>
    internal Module QuickJs => _quickJs.Value;

    /// <summary>Erases types.</summary>
    internal TypeScriptEraser Eraser => _eraser;

    /// <summary>What scripts get from outside.</summary>
    internal ScriptHostOptions Options => _options;

    /// <summary>What processor time is measured by.</summary>
    internal CpuClock Cpu => _cpu;

    /// <summary>Reads a script and everything it imports, erases types and evaluates its modules.</summary>
    /// <param name="entryFilePath">The script's file.</param>
    /// <param name="scriptsRoot">The directory that no import may leave.</param>
    /// <param name="owner">Whom it belongs to, if what its runs take is bounded together with others.</param>
    /// <exception cref="ScriptException">
    /// The script cannot be used (<see cref="ScriptFailure.LoadFailed"/>, or <see cref="ScriptFailure.NotFound"/> when its file is not
    /// there). <see cref="ScriptException.SourceFiles"/> says which files to watch for a change.
    /// </exception>
    public ScriptProgram Load(string entryFilePath, string scriptsRoot, IStoreOwner? owner = null)
    {
        // Compiled on another thread beside the script engine, which takes as long.
        _eraser.PrepareFor([entryFilePath]);
        _ = _empty.Value;
        var modules = new ScriptModules(entryFilePath, scriptsRoot, _eraser, owner);
        try
        {
            // Erasing has a clock of its own.
            modules.Load(modules.EntryName);
            var image = Evaluate(modules, owner);
            modules.Complete();
            var instances = new ScriptInstances(_quickJs.Value, modules, _options, image, owner);
            var name = Path.GetFileNameWithoutExtension(entryFilePath);
            return new ScriptProgram(name, modules.Files, instances, _options.TimeProvider, _cpu, _options.Threads);
        }
        catch (ScriptException failure)
        {
            failure.SourceFiles = modules.Files;
            throw;
        }
    }

    private ScriptVmImage Evaluate(ScriptModules modules, IStoreOwner? owner)
    {
        using var vm = NewVm(modules, owner);
        using var clock = new RunClock(vm.Store, _options.TimeProvider, _cpu, _options.LoadTime);
        modules.Clock = clock;
        clock.Enter();
        try
        {
            vm.Load();
            return vm.Capture();
        }
        catch (Exception problem) when (ScriptFailures.Knows(problem))
        {
            var failure = (ScriptException)ScriptFailures.Of(problem, vm, () => clock.Reason);
            modules.Clock = null;
            clock.Leave();
            throw new LoadDiagnosis(modules).Of(failure);
        }
        finally
        {
            clock.Leave();
            modules.Clock = null;
        }
    }

    private ScriptVm NewVm(ScriptModules modules, IStoreOwner? owner)
    {
        try
        {
            return new ScriptVm(_quickJs.Value, modules, _options, _empty.Value, owner) { Run = new LoadRun() };
        }
        catch (TrapException refused) when (owner is not null && refused.Code == TrapCode.HostRefused)
        {
            throw ScriptFailures.OwnerMemoryLimit();
        }
    }
}
