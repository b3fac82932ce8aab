using Mik.Scripting.QuickJs;
using Mik.Wasm.Runtime;

namespace Mik.Benchmarks.Kernels;

/// <summary>A script in QuickJS with nothing around it: no SDK, no clock, no imports. It hands functions to the host with <c>kernels.add(name, function)</c>.</summary>
internal sealed class BareScript : IQuickJsHost, IDisposable
{
    private const int AddFunction = 0;

    private readonly Dictionary<string, JsValue> _functions = [];

    /// <summary>Starts QuickJS and evaluates the script.</summary>
    public BareScript(Module quickJs, string source)
    {
        Vm = new QuickJsVm(quickJs, this);
        Vm.DefineGlobalFunctions("kernels", ["add"], AddFunction);
        Vm.Free(Vm.EvaluateModule("scripts.js", source));
    }

    /// <summary>The engine.</summary>
    public QuickJsVm Vm { get; }

    /// <inheritdoc/>
    public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

    /// <inheritdoc/>
    public long MaxMemoryBytes => int.MaxValue;

    /// <summary>A function that the script handed over.</summary>
    public JsValue this[string name] => _functions[name];

    /// <inheritdoc/>
    public JsValue Call(int function, HostArguments arguments)
    {
        _functions.Add(arguments.Text(0), Vm.Duplicate(arguments[1]));
        return JsValue.None;
    }

    /// <inheritdoc/>
    public string ResolveModule(string importer, string specifier) => throw new NotSupportedException("There is nothing to import.");

    /// <inheritdoc/>
    public string LoadModule(string name) => throw new NotSupportedException("There is nothing to import.");

    /// <inheritdoc/>
    public void TrackRejection(ulong promise, JsValue reason, bool isHandled)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => Vm.Dispose();
}
