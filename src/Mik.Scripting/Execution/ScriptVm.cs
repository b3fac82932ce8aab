using System.Runtime.InteropServices;
using System.Text;
using Mik.Scripting.Modules;
using Mik.Scripting.QuickJs;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.Execution;

/// <summary>
/// A virtual machine with one script in it, and the C# side of what the modules under <c>JavaScript/</c> call: their
/// <c>mik:host</c> lists the same functions. One thread at a time.
/// </summary>
#pragma warning disable CA1852 // The runner of tests derives from it, in another assembly.
internal class ScriptVm : IQuickJsHost, IDisposable
#pragma warning restore CA1852
{
    private const string BootModule = "mik:boot";
    private const string GlobalName = "__mik";

    // A script that queues jobs for ever must not keep its answer from being noticed.
    private const int JobBatch = 64;

    // In the order of the numbers below.
    private static readonly string[] HostFunctions =
        ["register", "answer", "fail", "call", "callNow", "log", "wakeAt", "now", "random", "encode", "decode"];

    private readonly QuickJsVm _vm;
    private readonly ScriptModules? _modules;
    private readonly ScriptHostOptions _options;
    private ScriptVmRoots _roots;
    private bool _importsAnything;

    /// <summary>Starts a virtual machine without a script in it.</summary>
    public ScriptVm(Module quickJs, ScriptHostOptions options)
    {
        _options = options;
        _vm = new QuickJsVm(quickJs, this);
        _vm.DefineGlobalFunctions(GlobalName, HostFunctions, firstNumber: 0);
        _vm.Free(_vm.EvaluateModule(BootModule, "import 'mik:driver';"));
        RunAllJobs();
    }

    /// <summary>Takes up a virtual machine where <paramref name="image"/> was taken.</summary>
    public ScriptVm(Module quickJs, ScriptModules modules, ScriptHostOptions options, ScriptVmImage image, IStoreOwner? owner = null)
    {
        _modules = modules;
        _options = options;
        _roots = image.Roots;
        _vm = new QuickJsVm(quickJs, this, image.QuickJs, owner);
    }

    /// <summary>The run it works for.</summary>
    public IVmRun? Run { get; set; }

    public Store Store => _vm.Store;

    /// <summary>The text of one of the script's modules, types erased; <see langword="null"/> for any other name.</summary>
    public string? SourceOf(string name) => _modules?.Loaded(name);

    /// <summary>How long its memory is, in bytes.</summary>
    public long MemoryLength => _vm.Memory.Length;

    public DateTimeOffset Now => _options.TimeProvider.GetUtcNow();

    public long MaxMemoryBytes => Run?.MaxMemoryBytes ?? long.MaxValue;

    /// <summary>The numbers of the host functions of this class are below this.</summary>
    protected static int HostFunctionCount => HostFunctions.Length;

    /// <summary>The engine itself.</summary>
    protected QuickJsVm Engine => _vm;

    /// <summary>The files of the script.</summary>
    protected ScriptModules Modules => _modules ?? throw new InvalidOperationException("No script is in this virtual machine.");

    private IVmRun CurrentRun => Run ?? throw new InvalidOperationException("No run is under way.");

    /// <summary>Evaluates the script's modules. <see cref="Run"/> must be set.</summary>
    /// <exception cref="JsException">A module of the script threw.</exception>
    /// <exception cref="ScriptException">A module cannot be found, or the script has no usable default export.</exception>
    public void Load()
    {
        var result = _vm.EvaluateModule(Modules.EntryName, Modules.Load(Modules.EntryName));
        RunAllJobs();
        var mayBeOlder = _vm.NewNumber(OlderDialect.KnowsFile(Modules.EntryName) && !_importsAnything ? 1 : 0);
        var dialect = _vm.Call(_roots.SetEntry, Settled(result), mayBeOlder);
        var name = _vm.GetText(dialect);
        if (name == "none")
        {
            throw LoadFailed("there is no default export that is a function: write `export default script(async (req, host) => …)`");
        }

        _vm.Free(dialect);
        _vm.Free(mayBeOlder);
        _vm.Free(result);
        _vm.FillGaps();
        _roots = _roots with { HeapTop = _vm.HeapTop, IsOlderDialect = name == "older" };
    }

    /// <summary>Where the memory taken by the loaded script ends.</summary>
    public uint HeapTop => _roots.HeapTop;

    /// <summary>Whether the loaded script is written in the older dialect.</summary>
    public bool IsOlderDialect => _roots.IsOlderDialect;

    public ScriptVmImage Capture() => new(_vm.Capture(), _roots);

    public void Restore(ScriptVmImage image) => _vm.Restore(image.QuickJs);

    /// <summary>Hands the request to the script.</summary>
    public void Start(ReadOnlySpan<byte> request, Bodies.IncomingBody body) => Hand(_roots.Start, request, body);

    /// <summary>Hands the outcome of a handler call to the script.</summary>
    public void Settle(ReadOnlySpan<byte> outcome, Bodies.IncomingBody body) => Hand(_roots.Settle, outcome, body);

    /// <summary>Runs the first due timer.</summary>
    public void Fire() => _vm.Free(_vm.Call(_roots.Fire));

    /// <summary>Runs some of the pending jobs; returns whether more are pending.</summary>
    public bool RunJobs() => _vm.RunJobs(JobBatch);

    /// <summary>What the driver has to say about something thrown, as JSON.</summary>
    public byte[] Describe(JsException thrown) => _roots.Describe.IsNone
        ? Encoding.UTF8.GetBytes("{}")
        : _vm.GetUtf8(_vm.Call(_roots.Describe, thrown.Error));

    /// <inheritdoc/>
    public void Dispose() => _vm.Dispose();

    /// <summary>Runs all pending jobs, and those that they make pending.</summary>
    protected void RunAllJobs()
    {
        while (_vm.RunJobs(JobBatch))
        {
        }
    }

    /// <summary>The built-in module that an import without a path means, if any.</summary>
    protected virtual string? FindPackage(string specifier) => specifier == BuiltInModules.SdkSpecifier ? BuiltInModules.Sdk : null;

    /// <summary>Runs a host function above <see cref="HostFunctionCount"/>.</summary>
    protected virtual JsValue CallFurther(int function, HostArguments arguments) =>
        throw new InvalidOperationException($"There is no host function {function}.");

    /// <inheritdoc cref="IQuickJsHost.TrackRejection"/>
    protected virtual void TrackRejection(ulong promise, JsValue reason, bool isHandled)
    {
    }

    /// <summary>The content of a body, as it crosses from <c>JavaScript/bodies.js</c>.</summary>
    protected static byte[]? BodyOf(HostArguments arguments, int index) => arguments.Tag(index) switch
    {
        JsTag.Undefined => null,
        JsTag.Object => arguments.Bytes(index),
        _ => arguments.Utf8(index),
    };

    /// <summary>The part of a body that JSON cannot hold: a buffer of its bytes, or nothing.</summary>
    protected JsValue NewBytes(Bodies.IncomingBody body) =>
        body.Kind == Bodies.BodyKind.Bytes ? _vm.NewArrayBuffer(body.Content.Span) : JsValue.None;

    /// <summary>Calls an entry point with one JSON text, and the body's bytes beside it.</summary>
    protected void Hand(JsValue function, ReadOnlySpan<byte> json, Bodies.IncomingBody body)
    {
        var text = _vm.NewString(json);
        var bytes = NewBytes(body);
        _vm.Free(_vm.Call(function, text, bytes));
        _vm.Free(text);
        _vm.Free(bytes);
    }

    void IQuickJsHost.TrackRejection(ulong promise, JsValue reason, bool isHandled) => TrackRejection(promise, reason, isHandled);

    string IQuickJsHost.ResolveModule(string importer, string specifier)
    {
        if (BuiltInModules.Contains(importer))
        {
            return BuiltInModules.Resolve(importer, specifier);
        }

        _importsAnything = true;
        return FindPackage(specifier) ?? Modules.Resolve(importer, specifier);
    }

    string IQuickJsHost.LoadModule(string name) => BuiltInModules.Contains(name) ? BuiltInModules.Load(name) : Modules.Load(name);

    JsValue IQuickJsHost.Call(int function, HostArguments arguments)
    {
        if (function >= HostFunctions.Length)
        {
            return CallFurther(function, arguments);
        }

        switch (HostFunctions[function])
        {
            case "register":
                _roots = new ScriptVmRoots(
                    _vm.Duplicate(arguments[0]),
                    _vm.Duplicate(arguments[1]),
                    _vm.Duplicate(arguments[2]),
                    _vm.Duplicate(arguments[3]),
                    _vm.Duplicate(arguments[4]),
                    0,
                    IsOlderDialect: false);
                return JsValue.None;

            case "answer":
                CurrentRun.Answer((int)arguments.Number(0), arguments.Utf8(1), arguments.Text(2), BodyOf(arguments, 3) ?? []);
                return JsValue.None;

            case "fail":
                CurrentRun.Fail(arguments.Utf8(0));
                return JsValue.None;

            case "call":
                var problem = CurrentRun.StartCall((int)arguments.Number(0), CallOf(arguments, 1));
                return problem is null ? JsValue.None : _vm.NewString(problem);

            case "callNow":
                return _vm.NewString(CurrentRun.CallAndWait(CallOf(arguments, 0)));

            case "log":
                CurrentRun.Log((int)arguments.Number(0), arguments.Text(1));
                return JsValue.None;

            case "wakeAt":
                CurrentRun.WakeAt(arguments.Number(0));
                return JsValue.None;

            case "now":
                return _vm.NewNumber(CurrentRun.Milliseconds);

            case "random":
                return NewRandom((int)Math.Clamp(arguments.Number(0), 0, 65_536));

            case "encode":
                return _vm.NewArrayBuffer(arguments.Utf8(0));

            default:
                return TextDecoding.Decode(arguments.Bytes(0), arguments.Text(1), arguments.Number(2) != 0) is { } text
                    ? NewText(text)
                    : JsValue.None;
        }
    }

    private static RequestedCall CallOf(HostArguments arguments, int first) => new(
        arguments.Text(first),
        arguments.Text(first + 1),
        arguments.Text(first + 2),
        arguments.Utf8(first + 3),
        arguments.Text(first + 4),
        arguments.Number(first + 5),
        BodyOf(arguments, first + 6));

    // A module's namespace, at once or after its top-level awaits.
    private JsValue Settled(JsValue result) => _vm.StateOf(result) switch
    {
        PromiseState.NotAPromise => result,
        PromiseState.Fulfilled => _vm.ResultOf(result),
        PromiseState.Rejected => throw new JsException(_vm.ResultOf(result)),
        _ => throw LoadFailed("A top-level await waits for something that cannot happen while modules load."),
    };

    private ScriptException LoadFailed(string problem) => new(ScriptFailure.LoadFailed, problem) { File = Modules.EntryName };

    private JsValue NewRandom(int length)
    {
        var bytes = new byte[length];
        _options.FillRandom(bytes);
        return _vm.NewArrayBuffer(bytes);
    }

    // Text with U+0000 cannot cross as a string; the driver reads an ArrayBuffer as UTF-16.
    private JsValue NewText(string text) => text.Contains('\0', StringComparison.Ordinal)
        ? _vm.NewArrayBuffer(MemoryMarshal.AsBytes(text.AsSpan()))
        : _vm.NewString(text);
}

/// <summary>The entry points of the driver, and what is known of the loaded script.</summary>
internal readonly record struct ScriptVmRoots(
    JsValue Start, JsValue Settle, JsValue Fire, JsValue Describe, JsValue SetEntry, uint HeapTop, bool IsOlderDialect);

/// <summary>A loaded script at a moment when nothing ran in it.</summary>
internal sealed record ScriptVmImage(QuickJsImage QuickJs, ScriptVmRoots Roots);
