using Mik.Scripting.QuickJs;
using Mik.Wasm.Runtime;

namespace Mik.Benchmarks.Kernels;

/// <summary>The kernels of <c>scripts.js</c>, run by QuickJS on this engine.</summary>
internal sealed class ScriptKernels(Engine engine) : IDisposable
{
    private readonly BareScript _script = new(
        QuickJsModule.Compile(engine), File.ReadAllText(Path.Combine(KernelComparison.Directory, "scripts.js")));

    /// <summary>What there is.</summary>
    public static IReadOnlyList<string> Names { get; } = ["quickjs fib", "quickjs json"];

    /// <summary>Runs one of them once.</summary>
    public KernelRun Run(string kernel, uint units)
    {
        var vm = _script.Vm;
        var start = Environment.CpuUsage.TotalTime;
        var argument = vm.NewNumber(units);
        var value = vm.Call(_script[kernel], argument);
        var result = (uint)vm.GetNumber(value);
        vm.Free(value);
        vm.Free(argument);
        return new KernelRun((Environment.CpuUsage.TotalTime - start).TotalMilliseconds, result);
    }

    /// <summary>Lets go of QuickJS.</summary>
    public void Dispose() => _script.Dispose();
}
