using Mik.Wasm.Runtime;

namespace Mik.Benchmarks.Kernels;

/// <summary>A kernel on this engine, in an instance of its own.</summary>
internal sealed class EngineKernel : IDisposable
{
    private readonly Store _store;
    private readonly Func _run;

    /// <summary>Compiles and instantiates it.</summary>
    public EngineKernel(Engine engine, string kernel)
    {
        var binary = File.ReadAllBytes(Path.Combine(KernelComparison.Directory, kernel + ".wasm"));
        _store = new Store(engine);
        _run = (Func)engine.Compile(binary, kernel).Instantiate(_store, []).GetExport("run")!;
    }

    /// <summary>Runs it once.</summary>
    public KernelRun Run(uint units)
    {
        Span<ulong> result = [0];
        var start = Environment.CpuUsage.TotalTime;
        _run.Invoke([units], result);
        return new KernelRun((Environment.CpuUsage.TotalTime - start).TotalMilliseconds, (uint)result[0]);
    }

    /// <summary>Lets go of the instance.</summary>
    public void Dispose() => _store.Dispose();
}
