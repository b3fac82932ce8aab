using Mik.Scripting;
using Mik.Scripting.Bodies;
using Mik.Scripting.Execution;
using Mik.Scripting.Modules;
using Mik.Scripting.QuickJs;
using Mik.Wasm.Runtime;

namespace Mik.Testing.Execution;

/// <summary>
/// A script's virtual machine with the test runner in it: the C# side of what <c>JavaScript/testing.js</c> calls. One thread at a time.
/// </summary>
internal sealed class TestVm : ScriptVm
{
    private const string BootModule = "mik:boot-tests";
    private const string GlobalName = "__mikTesting";

    // In the order of the numbers below.
    private static readonly string[] RunnerFunctions = ["register", "report", "begin", "invoke", "answerCall"];

    // Rejections that nobody has listened to yet, in order.
    private readonly List<(ulong Promise, JsValue Reason)> _rejections = [];
    private TestVmRoots _roots;

    /// <summary>Starts a virtual machine without a test file in it.</summary>
    public TestVm(Module quickJs, ScriptHostOptions options)
        : base(quickJs, options)
    {
        Engine.DefineGlobalFunctions(GlobalName, RunnerFunctions, HostFunctionCount);
        Engine.Free(Engine.EvaluateModule(BootModule, "import 'mik:testing';"));
        RunAllJobs();
        Engine.TrackRejections();
    }

    /// <summary>Takes up a virtual machine where <paramref name="image"/> was taken.</summary>
    public TestVm(Module quickJs, ScriptModules modules, ScriptHostOptions options, TestVmImage image)
        : base(quickJs, modules, options, image.Vm) => _roots = image.Roots;

    private ITestRun CurrentRun => (ITestRun?)Run ?? throw new InvalidOperationException("No run is under way.");

    public new TestVmImage Capture() => new(base.Capture(), _roots);

    /// <summary>Evaluates the test file and lets its tests run, until they wait.</summary>
    /// <exception cref="JsException">The file has a syntax error, or a module of it threw.</exception>
    /// <exception cref="ScriptException">A module cannot be found.</exception>
    public void Start(ReadOnlySpan<byte> options)
    {
        Call(_roots.Prepare, [Engine.NewString(options)]);
        Call(_roots.Run, [Engine.EvaluateModule(Modules.EntryName, Modules.Load(Modules.EntryName))]);
    }

    /// <summary>Ends what is under way: the test fails with that message.</summary>
    public void GiveUp(string message) => Call(_roots.GiveUp, [Engine.NewString(message)]);

    /// <summary>Tells of promises that were rejected while nobody listened; returns whether there were any.</summary>
    public bool ReportRejections()
    {
        if (_rejections.Count == 0)
        {
            return false;
        }

        var unheard = _rejections.ToArray();
        _rejections.Clear();
        foreach (var (_, reason) in unheard)
        {
            Engine.Free(Engine.Call(_roots.Uncaught, reason));
            Engine.Free(reason);
        }

        return true;
    }

    /// <summary>Hands a script's answer to the test that invoked it.</summary>
    public void SettleInvocation(ReadOnlySpan<byte> outcome, IncomingBody body) => Hand(_roots.SettleInvocation, outcome, body);

    /// <summary>Hands a call of an invoked script to the test's host.</summary>
    public void AnswerCall(int invocation, int call, ReadOnlySpan<byte> request, IncomingBody body) =>
        Call(_roots.AnswerCall, [Engine.NewNumber(invocation), Engine.NewNumber(call), Engine.NewString(request), NewBytes(body)]);

    /// <inheritdoc/>
    protected override string? FindPackage(string specifier) => specifier switch
    {
        "mik-sdk/testing" => BuiltInModules.SdkTesting,
        "vitest" => BuiltInModules.SdkTestingApi,
        _ => base.FindPackage(specifier),
    };

    /// <inheritdoc/>
    protected override void TrackRejection(ulong promise, JsValue reason, bool isHandled)
    {
        if (!isHandled)
        {
            _rejections.Add((promise, reason));
            return;
        }

        Engine.Free(reason);
        var known = _rejections.FindLastIndex(rejection => rejection.Promise == promise);
        if (known >= 0)
        {
            Engine.Free(_rejections[known].Reason);
            _rejections.RemoveAt(known);
        }
    }

    /// <inheritdoc/>
    protected override JsValue CallFurther(int function, HostArguments arguments)
    {
        switch (RunnerFunctions[function - HostFunctionCount])
        {
            case "register":
                _roots = new TestVmRoots(
                    Engine.Duplicate(arguments[0]),
                    Engine.Duplicate(arguments[1]),
                    Engine.Duplicate(arguments[2]),
                    Engine.Duplicate(arguments[3]),
                    Engine.Duplicate(arguments[4]),
                    Engine.Duplicate(arguments[5]));
                return JsValue.None;

            case "report":
                CurrentRun.Report(arguments.Utf8(0));
                return JsValue.None;

            case "begin":
                CurrentRun.Begin(arguments.Number(0));
                return JsValue.None;

            case "invoke":
                var (id, problem) = CurrentRun.Invoke(arguments.Utf8(0), BodyOf(arguments, 1));
                return problem is null ? Engine.NewNumber(id) : Engine.NewString(problem);

            default:
                CurrentRun.AnswerCall((int)arguments.Number(0), arguments.Utf8(1), BodyOf(arguments, 2));
                return JsValue.None;
        }
    }

    private void Call(JsValue function, ReadOnlySpan<JsValue> arguments)
    {
        Engine.Free(Engine.Call(function, arguments));
        foreach (var argument in arguments)
        {
            Engine.Free(argument);
        }
    }
}

/// <summary>The entry points of the test runner's side.</summary>
internal readonly record struct TestVmRoots(
    JsValue Prepare, JsValue Run, JsValue GiveUp, JsValue Uncaught, JsValue SettleInvocation, JsValue AnswerCall);

/// <summary>A virtual machine with the test runner and without a test file.</summary>
internal sealed record TestVmImage(ScriptVmImage Vm, TestVmRoots Roots);
