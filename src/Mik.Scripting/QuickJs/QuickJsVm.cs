using System.Buffers.Binary;
using System.Text;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.QuickJs;

/// <summary>
/// One QuickJS runtime with one context, in an instance and a store of its own. Everything but the code lies in linear memory, values
/// and host functions included, so a copy of the memory is a copy of the runtime.
/// </summary>
internal sealed class QuickJsVm : IDisposable
{
    // The build reserves 5 MiB below its heap for the stack; QuickJS must notice before it runs into what lies beneath.
    private const uint StackBytes = 4 * 1024 * 1024;

    private const int EvaluateAsModule = 1;

    private const int MaxArguments = 8;

    private readonly Dictionary<string, Func> _exports = [];
    private readonly Memory _memory;
    private readonly QuickJsRoots _roots;

    /// <summary>Starts a runtime.</summary>
    public QuickJsVm(Module module, IQuickJsHost host)
        : this(module, host, null)
    {
    }

    /// <summary>Takes up a runtime where <paramref name="image"/> was taken.</summary>
    public QuickJsVm(Module module, IQuickJsHost host, QuickJsImage? image)
    {
        Store = new Store(module.Engine);
        try
        {
            var imports = new QuickJsImports(this, host);
            var externs = module.Imports.Select(import => imports.Provide(Store, import, image?.State)).ToArray();
            _memory = externs.OfType<Memory>().Single();
            Instance = image is null ? module.Instantiate(Store, externs) : module.Instantiate(Store, externs, image.State);
            foreach (var export in module.Exports)
            {
                if (Instance.GetExport(export.Name) is Func function)
                {
                    _exports.Add(export.Name, function);
                }
            }

            _roots = image?.Roots ?? StartRuntime();
        }
        catch
        {
            Store.Dispose();
            throw;
        }
    }

    public Store Store { get; }

    private Instance Instance { get; }

    public Memory Memory => _memory;

    /// <summary>Where the memory in use ends, roughly: large blocks lie above everything small.</summary>
    public uint HeapTop
    {
        get
        {
            var address = Allocate(256 * 1024);
            Invoke(QuickJsModule.Free, address);
            return address;
        }
    }

    /// <summary>Evaluates a module's source; the result is its namespace or, with a top-level await, a promise of it.</summary>
    /// <exception cref="JsException">The module has a syntax error, cannot be linked or threw.</exception>
    public JsValue EvaluateModule(string name, string source)
    {
        var length = Encoding.UTF8.GetByteCount(source);
        var text = AllocateText(source);
        var fileName = AllocateText(name);
        try
        {
            return Checked(Invoke(QuickJsModule.Evaluate, _roots.Context, text, (uint)length, fileName, 0, EvaluateAsModule));
        }
        finally
        {
            Invoke(QuickJsModule.Free, text);
            Invoke(QuickJsModule.Free, fileName);
        }
    }

    /// <summary>Calls a function value with a few arguments, which stay the caller's.</summary>
    /// <exception cref="JsException">The function threw.</exception>
    public JsValue Call(JsValue function, params ReadOnlySpan<JsValue> arguments)
    {
        var slots = _memory.Slice(_roots.Scratch, (uint)(4 * arguments.Length));
        for (var i = 0; i < arguments.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(slots[(4 * i)..], arguments[i].IsNone ? _roots.Undefined : arguments[i].Address);
        }

        var count = (uint)arguments.Length;
        return Checked(Invoke(QuickJsModule.Call, _roots.Context, function.Address, _roots.Undefined, count, _roots.Scratch));
    }

    /// <summary>Runs some of the pending promise jobs; returns whether more are pending.</summary>
    public bool RunJobs(int atMost)
    {
        var result = Invoke(QuickJsModule.ExecutePendingJobs, _roots.Runtime, (uint)atMost, _roots.Scratch);

        // A job never throws: whatever its function throws rejects a promise. Should one all the same, nobody is there to hear it.
        Free(new JsValue(result));
        return Invoke(QuickJsModule.IsJobPending, _roots.Runtime) != 0;
    }

    public PromiseState StateOf(JsValue value) => (PromiseState)(int)Invoke(QuickJsModule.GetPromiseState, _roots.Context, value.Address);

    public JsValue ResultOf(JsValue promise) => new(Invoke(QuickJsModule.GetPromiseResult, _roots.Context, promise.Address));

    /// <summary>From now on the host hears of promises that are rejected while nobody listens.</summary>
    public void TrackRejections()
    {
        const int PlaceBytes = 16;
        BinaryPrimitives.WriteUInt32LittleEndian(
            _memory.Slice(_roots.Runtime + QuickJsModule.RejectionTrackerField, 4), QuickJsModule.RejectionTrackerElement);
        BinaryPrimitives.WriteUInt32LittleEndian(_memory.Slice(_roots.Runtime + QuickJsModule.RejectionPlaceField, 4), Allocate(PlaceBytes));
    }

    /// <summary>Puts an object with host functions on the global object; they are numbered from <paramref name="firstNumber"/>.</summary>
    public void DefineGlobalFunctions(string globalName, ReadOnlySpan<string> functions, int firstNumber)
    {
        var global = new JsValue(Invoke(QuickJsModule.GetGlobal, _roots.Context));
        var table = new JsValue(Invoke(QuickJsModule.NewObject, _roots.Context));
        for (var i = 0; i < functions.Length; i++)
        {
            SetProperty(table, functions[i], NewFunction(functions[i], firstNumber + i));
        }

        SetProperty(global, globalName, table);
        Free(global);
    }

    public JsValue NewNumber(double value)
    {
        Span<ulong> result = [0];
        _exports[QuickJsModule.NewNumber].Invoke([_roots.Context, BitConverter.DoubleToUInt64Bits(value)], result);
        return new JsValue((uint)result[0]);
    }

    /// <summary>Makes a string from valid UTF-8 without zero bytes.</summary>
    public JsValue NewString(ReadOnlySpan<byte> utf8)
    {
        var text = Allocate(utf8.Length + 1);
        var bytes = _memory.Slice(text, (uint)utf8.Length + 1);
        utf8.CopyTo(bytes);
        bytes[^1] = 0;
        var value = Invoke(QuickJsModule.NewString, _roots.Context, text);
        Invoke(QuickJsModule.Free, text);
        return new JsValue(value);
    }

    public JsValue NewString(string text) => NewString(Encoding.UTF8.GetBytes(text));

    public JsValue NewArrayBuffer(ReadOnlySpan<byte> content)
    {
        var block = Allocate(Math.Max(content.Length, 1));
        content.CopyTo(_memory.Slice(block, (uint)content.Length));

        // QuickJS frees the block with the buffer.
        return new JsValue(Invoke(QuickJsModule.NewArrayBuffer, _roots.Context, block, (uint)content.Length));
    }

    public double GetNumber(JsValue value)
    {
        Span<ulong> result = [0];
        _exports[QuickJsModule.GetNumber].Invoke([_roots.Context, value.Address], result);
        return BitConverter.UInt64BitsToDouble(result[0]);
    }

    /// <summary>The value as a string, up to its first U+0000.</summary>
    public string GetText(JsValue value) => Encoding.UTF8.GetString(GetUtf8(value));

    /// <inheritdoc cref="GetText"/>
    public byte[] GetUtf8(JsValue value)
    {
        var text = Invoke(QuickJsModule.GetString, _roots.Context, value.Address);
        if (text == 0)
        {
            return [];
        }

        var bytes = TextAt(text).ToArray();
        Invoke(QuickJsModule.FreeCString, _roots.Context, text);
        return bytes;
    }

    /// <summary>The content of an ArrayBuffer; empty for anything else.</summary>
    public byte[] GetBytes(JsValue value)
    {
        var length = Invoke(QuickJsModule.GetArrayBufferLength, _roots.Context, value.Address);
        if (length == 0)
        {
            return [];
        }

        var copy = Invoke(QuickJsModule.GetArrayBuffer, _roots.Context, value.Address);
        if (copy == 0)
        {
            return [];
        }

        var bytes = _memory.Slice(copy, length).ToArray();
        Invoke(QuickJsModule.Free, copy);
        return bytes;
    }

    public JsValue Duplicate(JsValue value) => new(Invoke(QuickJsModule.DuplicateValue, _roots.Context, value.Address));

    public void Free(JsValue value)
    {
        if (!value.IsNone)
        {
            Invoke(QuickJsModule.FreeValue, _roots.Context, value.Address);
        }
    }

    public JsValue Argument(uint addresses, int index) => new(Invoke(QuickJsModule.GetArgument, addresses, (uint)index));

    /// <summary>The bytes of the zero-terminated string at that address.</summary>
    public ReadOnlySpan<byte> TextAt(uint address)
    {
        var rest = _memory.Slice(address, (uint)Math.Min(_memory.Length - address, int.MaxValue));
        return rest[..rest.IndexOf((byte)0)];
    }

    /// <summary>Copies a string to where QuickJS can read and free it.</summary>
    public uint AllocateText(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var address = Allocate(length + 1);
        var bytes = _memory.Slice(address, (uint)length + 1);
        Encoding.UTF8.GetBytes(text, bytes);
        bytes[^1] = 0;
        return address;
    }

    /// <summary>Remembers the whole state. Nothing may be running.</summary>
    public QuickJsImage Capture() => new(Instance.Capture(), _roots);

    /// <summary>Sets the whole state. Nothing may be running.</summary>
    public void Restore(QuickJsImage image) => Instance.Restore(image.State);

    public void Dispose() => Store.Dispose();

    private QuickJsRoots StartRuntime()
    {
        Invoke(QuickJsModule.RunConstructors);
        var runtime = Invoke(QuickJsModule.NewRuntime);
        Invoke(QuickJsModule.SetMaxStackSize, runtime, StackBytes);
        Invoke(QuickJsModule.EnableModuleLoader, runtime, 1);
        var context = Invoke(QuickJsModule.NewContext, runtime, 0);
        return new QuickJsRoots(runtime, context, Invoke(QuickJsModule.GetUndefined), Allocate(4 * MaxArguments));
    }

    private JsValue NewFunction(string name, int id)
    {
        var text = AllocateText(name);
        var function = Invoke(QuickJsModule.NewFunction, _roots.Context, text, 0, 0, (uint)id);
        Invoke(QuickJsModule.Free, text);
        return new JsValue(function);
    }

    private void SetProperty(JsValue target, string name, JsValue value)
    {
        var key = NewString(name);
        Invoke(QuickJsModule.SetProperty, _roots.Context, target.Address, key.Address, value.Address);
        Free(key);
        Free(value);
    }

    private uint Allocate(int length)
    {
        var address = Invoke(QuickJsModule.Allocate, (uint)length);
        return address != 0 ? address : throw new MemoryLimitException();
    }

    private JsValue Checked(uint result)
    {
        var error = Invoke(QuickJsModule.ResolveException, _roots.Context, result);
        return error == 0 ? new JsValue(result) : throw new JsException(new JsValue(error));
    }

    private uint Invoke(string name, params ReadOnlySpan<ulong> arguments)
    {
        var function = _exports[name];
        Span<ulong> results = stackalloc ulong[function.Type.Results.Length];
        function.Invoke(arguments, results);
        return results.Length == 0 ? 0 : (uint)results[0];
    }
}
