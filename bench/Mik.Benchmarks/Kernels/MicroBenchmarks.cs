using System.Globalization;
using Mik.Benchmarks.Measurement;
using Mik.Scripting;
using Mik.Wasm.Binary;
using Mik.Wasm.Compilation;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;
using Mik.Wasm.Validation;

namespace Mik.Benchmarks.Kernels;

/// <summary>
/// What the engine's steps cost, one by one: from bytes to code with QuickJS, a module of half a megabyte, and from an image to a call and
/// back with a module whose memory of two megabytes has something in every page, and with a script in QuickJS.
/// </summary>
internal static class MicroBenchmarks
{
    private const int Calls = 10_000;
    private const int DirtyPages = 16;

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(BenchmarkOptions options, TextWriter output)
    {
        var script = EmbeddedFile.ReadBytes("quickjs.wasm");
        var definition = ModuleDecoder.Decode(script);
        var unloadable = new Engine(new EngineOptions { Unloadable = true });
        using var guest = new MicroGuest();
        using var request = new MicroScript(new Engine());
        (string Name, int Operations, Action Run)[] rows =
        [
            ("decode QuickJS", 1, () => ModuleDecoder.Decode(script)),
            ("validate QuickJS", 1, () => ModuleValidator.Validate(definition)),
            ("emit QuickJS as CIL", 1, () => ModuleEmitter.Emit(definition, explicitChecks: false)),
            ("all of that, and load the assembly", 1, () => unloadable.Compile(script, "quickjs")),
            ("instance of an image in a new store", 1, guest.MakeInstance),
            ("the same, and a call that writes 16 pages", 1, () => guest.MakeInstanceAndTouch(DirtyPages)),
            ("a call that writes 16 pages, and reset", 1, () => guest.TouchAndReset(DirtyPages)),
            ("a call of a script in QuickJS, and reset", 1, request.CallAndReset),
            ("call", Calls, () => guest.Call(Calls)),
            ("call that calls the host", Calls, () => guest.CallHost(Calls)),
        ];
        rows = [.. rows.Where(row => options.Only.Length == 0 || row.Name == options.Only)];
        var subjects = rows.Select(static row => new Subject(row.Name, 1, () =>
        {
            row.Run();
            return Task.CompletedTask;
        }));
        var costs = await options.Turns.MeasureAsync([.. subjects]);
        await output.WriteLineAsync($"{"each, median of rounds",-44} {"CPU µs",12} {"bytes",12}");
        for (var i = 0; i < rows.Length; i++)
        {
            var median = RequestCost.Median(costs[i]);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{rows[i].Name,-44} {median.CpuMicroseconds / rows[i].Operations,12:F3} {median.AllocatedBytes / rows[i].Operations,12:F0}"));
        }
    }

    /// <summary><c>micro.c</c>, with an image of it and an instance that is called again and again.</summary>
    private sealed class MicroGuest : IDisposable
    {
        private static readonly FuncType Binary = new([ValType.I32, ValType.I32], [ValType.I32]);
        private readonly Engine _engine = new();
        private readonly Module _module;
        private readonly Store _store;
        private readonly Instance _instance;
        private readonly InstanceImage _image;
        private readonly Func _add;
        private readonly Func _callHost;
        private readonly Func _touch;

        public MicroGuest()
        {
            _module = _engine.Compile(File.ReadAllBytes(Path.Combine(KernelComparison.Directory, $"{KernelComparison.Micro}.wasm")), KernelComparison.Micro);
            _store = new Store(_engine);
            _instance = _module.Instantiate(_store, [Add(_store)]);
            Export(_instance, "fill").Invoke([], []);
            _image = _instance.Capture();
            _add = Export(_instance, "add");
            _callHost = Export(_instance, "call_host");
            _touch = Export(_instance, "touch");
        }

        public void MakeInstance()
        {
            using var store = new Store(_engine);
            _module.Instantiate(store, [Add(store)], _image);
        }

        public void MakeInstanceAndTouch(uint pages)
        {
            using var store = new Store(_engine);
            Export(_module.Instantiate(store, [Add(store)], _image), "touch").Invoke([pages], []);
        }

        public void TouchAndReset(uint pages)
        {
            _touch.Invoke([pages], []);
            _instance.Restore(_image);
        }

        public void Call(int times) => Repeat(_add, times);

        public void CallHost(int times) => Repeat(_callHost, times);

        public void Dispose() => _store.Dispose();

        private static void Repeat(Func function, int times)
        {
            Span<ulong> result = [0];
            for (var i = 0; i < times; i++)
            {
                function.Invoke([(uint)i, 1], result);
            }

            if ((uint)result[0] != times)
            {
                throw new InvalidOperationException("The guest cannot add.");
            }
        }

        private static Func Add(Store store) =>
            Func.FromHost(store, Binary, static (arguments, results) => results[0] = (uint)arguments[0] + (uint)arguments[1]);

        private static Func Export(Instance instance, string name) => (Func)instance.GetExport(name)!;
    }
}
