using System.Text;
using Mik.Scripting.QuickJs;
using Mik.Wasm.Runtime;

namespace Mik.Benchmarks.Kernels;

/// <summary>QuickJS at an image with a small script in it, used as a request uses it: taken from among the idle, entered, left, set back.</summary>
internal sealed class MicroScript : IDisposable
{
    private const string Loaded = """
        kernels.add('greet', name => JSON.stringify({ greeting: `Hello, ${name}!`, letters: [...name].length }));
        """;

    private static readonly byte[] ExpectedGreeting = Encoding.UTF8.GetBytes("""{"greeting":"Hello, Ada!","letters":3}""");

    private readonly QuickJsVm _vm;
    private readonly QuickJsImage _image;
    private readonly JsValue _greet;

    /// <summary>Takes the image, and starts from it.</summary>
    public MicroScript(Engine engine)
    {
        var quickJs = QuickJsModule.Compile(engine);
        using var script = new BareScript(quickJs, Loaded);
        script.Vm.FillGaps();
        _greet = script["greet"];
        _image = script.Vm.Capture();
        _vm = new QuickJsVm(quickJs, script, _image);
    }

    /// <summary>Calls a function of the script, which answers with JSON, and sets everything back.</summary>
    public void CallAndReset()
    {
        _vm.Store.TryUnpark();
        _vm.Store.BeginUse();
        var name = _vm.NewString("Ada"u8);
        var greeting = _vm.Call(_greet, name);
        var isRight = _vm.GetUtf8(greeting).AsSpan().SequenceEqual(ExpectedGreeting);
        _vm.Free(greeting);
        _vm.Free(name);
        _vm.Store.EndUse();
        _vm.Restore(_image);
        _vm.Store.Park();
        if (!isRight)
        {
            throw new InvalidOperationException("The script greets somebody else.");
        }
    }

    /// <summary>Lets go of QuickJS.</summary>
    public void Dispose() => _vm.Dispose();
}
