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

    private const int ArgumentScratchBytes = 4 * 8;
    private const int TextScratchBytes = 2048;

    private const int ValueBytes = 8;

    private const int LargestGap = 128 * 1024;
    private const int SmallestGap = 8;

    private readonly Func?[] _functions = new Func?[(int)QuickJsFunction.EnableModuleLoader + 1];
    private readonly Memory _memory;
    private readonly QuickJsRoots _roots;

    /// <summary>Starts a runtime.</summary>
    public QuickJsVm(Module module, IQuickJsHost host)
        : this(module, host, null)
    {
    }

    /// <summary>Takes up a runtime where <paramref name="image"/> was taken.</summary>
    public QuickJsVm(Module module, IQuickJsHost host, QuickJsImage? image, IStoreOwner? owner = null)
    {
        Store = new Store(module.Engine, new StoreLimits { Owner = owner });
        try
        {
            var imports = new QuickJsImports(this, host);
            var externs = module.Imports.Select(import => imports.Provide(Store, import, image?.State)).ToArray();
            _memory = externs.OfType<Memory>().Single();
            Instance = image is null ? module.Instantiate(Store, externs) : module.Instantiate(Store, externs, image.State);
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
            Invoke(QuickJsFunction.Free, address);
            return address;
        }
    }

    /// <summary>
    /// Fills the gaps between the blocks in use, for good: what is allocated from now on lies side by side above them. A request of a
    /// script then writes fewer pages of the image it starts from (measured: 74 instead of 91 with two calls).
    /// </summary>
    public void FillGaps()
    {
        var top = HeapTop;
        for (var size = LargestGap; size >= SmallestGap; size -= size > 256 ? size / 2 : 8)
        {
            uint address;
            do
            {
                address = Allocate(size);
            }
            while (address < top);

            Invoke(QuickJsFunction.Free, address);
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
            return Checked(Invoke(QuickJsFunction.Evaluate, _roots.Context, text, (uint)length, fileName, 0, EvaluateAsModule));
        }
        finally
        {
            Invoke(QuickJsFunction.Free, text);
            Invoke(QuickJsFunction.Free, fileName);
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
        return Checked(Invoke(QuickJsFunction.Call, _roots.Context, function.Address, _roots.Undefined, count, _roots.Scratch));
    }

    /// <summary>Runs some of the pending promise jobs; returns whether more are pending.</summary>
    public bool RunJobs(int atMost)
    {
        var result = Invoke(QuickJsFunction.ExecutePendingJobs, _roots.Runtime, (uint)atMost, _roots.Scratch);

        // The number of jobs. A job never throws: whatever its function throws rejects a promise. Should one all the same, nobody is there
        // to hear it.
        var count = TagOf(result) == JsTag.Integer ? (int)RawOf(result) : atMost;
        Free(new JsValue(result));
        return count >= atMost && Invoke(QuickJsFunction.IsJobPending, _roots.Runtime) != 0;
    }

    public PromiseState StateOf(JsValue value) => (PromiseState)(int)Invoke(QuickJsFunction.GetPromiseState, _roots.Context, value.Address);

    public JsValue ResultOf(JsValue promise) => new(Invoke(QuickJsFunction.GetPromiseResult, _roots.Context, promise.Address));

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
        var global = new JsValue(Invoke(QuickJsFunction.GetGlobal, _roots.Context));
        var table = new JsValue(Invoke(QuickJsFunction.NewObject, _roots.Context));
        for (var i = 0; i < functions.Length; i++)
        {
            SetProperty(table, functions[i], NewFunction(functions[i], firstNumber + i));
        }

        SetProperty(global, globalName, table);
        Free(global);
    }

    public JsValue NewNumber(double value)
    {
        return new JsValue(Invoke(QuickJsFunction.NewNumber, _roots.Context, BitConverter.DoubleToUInt64Bits(value)));
    }

    /// <summary>Makes a string from valid UTF-8 without zero bytes.</summary>
    public JsValue NewString(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length < TextScratchBytes)
        {
            // Most texts are short, and QuickJS copies them anyway.
            var scratch = _roots.Scratch + ArgumentScratchBytes;
            var target = _memory.Slice(scratch, (uint)utf8.Length + 1);
            utf8.CopyTo(target);
            target[^1] = 0;
            return new JsValue(Invoke(QuickJsFunction.NewString, _roots.Context, scratch));
        }

        var text = Allocate(utf8.Length + 1);
        var bytes = _memory.Slice(text, (uint)utf8.Length + 1);
        utf8.CopyTo(bytes);
        bytes[^1] = 0;
        var value = Invoke(QuickJsFunction.NewString, _roots.Context, text);
        Invoke(QuickJsFunction.Free, text);
        return new JsValue(value);
    }

    public JsValue NewString(string text) => NewString(Encoding.UTF8.GetBytes(text));

    public JsValue NewArrayBuffer(ReadOnlySpan<byte> content)
    {
        var block = Allocate(Math.Max(content.Length, 1));
        content.CopyTo(_memory.Slice(block, (uint)content.Length));

        // QuickJS frees the block with the buffer.
        return new JsValue(Invoke(QuickJsFunction.NewArrayBuffer, _roots.Context, block, (uint)content.Length));
    }

    /// <summary>What kind of value it is.</summary>
    public JsTag TagOf(JsValue value) => TagOf(value.Address);

    public double GetNumber(JsValue value)
    {
        if (TagOf(value.Address) == JsTag.Integer)
        {
            return (int)RawOf(value.Address);
        }

        Span<ulong> result = [0];
        Function(QuickJsFunction.GetNumber).Invoke([_roots.Context, value.Address], result);
        return BitConverter.UInt64BitsToDouble(result[0]);
    }

    /// <summary>The value as a string, up to its first U+0000; empty for <c>undefined</c>.</summary>
    public string GetText(JsValue value) =>
        TryFindUnits(value, out var units) ? Encoding.Latin1.GetString(units) : Read(value, Encoding.UTF8.GetString) ?? "";

    /// <inheritdoc cref="GetText"/>
    public byte[] GetUtf8(JsValue value) => TryFindUnits(value, out var units) && Ascii.IsValid(units)
        ? units.ToArray()
        : Read(value, static bytes => bytes.ToArray()) ?? [];

    /// <summary>The content of an ArrayBuffer; empty for anything else.</summary>
    public byte[] GetBytes(JsValue value)
    {
        var length = Invoke(QuickJsFunction.GetArrayBufferLength, _roots.Context, value.Address);
        if (length == 0)
        {
            return [];
        }

        var copy = Invoke(QuickJsFunction.GetArrayBuffer, _roots.Context, value.Address);
        if (copy == 0)
        {
            return [];
        }

        var bytes = _memory.Slice(copy, length).ToArray();
        Invoke(QuickJsFunction.Free, copy);
        return bytes;
    }

    public JsValue Duplicate(JsValue value) => new(Invoke(QuickJsFunction.DuplicateValue, _roots.Context, value.Address));

    public void Free(JsValue value)
    {
        if (!value.IsNone)
        {
            Invoke(QuickJsFunction.FreeValue, _roots.Context, value.Address);
        }
    }

    /// <summary>One of the values side by side at that address; not owned.</summary>
    public static JsValue Argument(uint addresses, int index) => new(addresses + (uint)(ValueBytes * index));

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
        Invoke(QuickJsFunction.RunConstructors);
        var runtime = Invoke(QuickJsFunction.NewRuntime);
        Invoke(QuickJsFunction.SetMaxStackSize, runtime, StackBytes);
        Invoke(QuickJsFunction.EnableModuleLoader, runtime, 1);
        var context = Invoke(QuickJsFunction.NewContext, runtime, 0);
        return new QuickJsRoots(runtime, context, Invoke(QuickJsFunction.GetUndefined), Allocate(ArgumentScratchBytes + TextScratchBytes));
    }

    private JsValue NewFunction(string name, int id)
    {
        var text = AllocateText(name);
        var function = Invoke(QuickJsFunction.NewFunction, _roots.Context, text, 0, 0, (uint)id);
        Invoke(QuickJsFunction.Free, text);
        return new JsValue(function);
    }

    private void SetProperty(JsValue target, string name, JsValue value)
    {
        var key = NewString(name);
        Invoke(QuickJsFunction.SetProperty, _roots.Context, target.Address, key.Address, value.Address);
        Free(key);
        Free(value);
    }

    private uint Allocate(int length)
    {
        var address = Invoke(QuickJsFunction.Allocate, (uint)length);
        return address != 0 ? address : throw new MemoryLimitException();
    }

    private JsValue Checked(uint result)
    {
        return TagOf(result) == JsTag.Exception
            ? throw new JsException(new JsValue(Invoke(QuickJsFunction.ResolveException, _roots.Context, result)))
            : new JsValue(result);
    }

    // Most strings lie there unit by unit, and are read without a call. QuickJS converts the others: wide ones, and parts of larger ones.
    private bool TryFindUnits(JsValue value, out ReadOnlySpan<byte> units)
    {
        units = [];
        if (TagOf(value.Address) != JsTag.String)
        {
            return false;
        }

        var place = RawOf(value.Address);
        var length = RawOf(place + QuickJsModule.StringLengthField);
        if ((length & QuickJsModule.WideString) != 0 || (RawOf(place + QuickJsModule.StringKindField) & QuickJsModule.StringKindMask) != 0)
        {
            return false;
        }

        units = _memory.Slice(place + QuickJsModule.StringUnitsField, length);
        var end = units.IndexOf((byte)0);
        units = end < 0 ? units : units[..end];
        return true;
    }

    private TResult? Read<TResult>(JsValue value, Func<ReadOnlySpan<byte>, TResult> read)
        where TResult : class
    {
        if (TagOf(value.Address) == JsTag.Undefined)
        {
            return null;
        }

        var text = Invoke(QuickJsFunction.GetString, _roots.Context, value.Address);
        if (text == 0)
        {
            return null;
        }

        var result = read(TextAt(text));
        Invoke(QuickJsFunction.FreeCString, _roots.Context, text);
        return result;
    }

    // A value has 64 bits in this build: for all kinds but numbers with a fraction, the upper half says the kind.
    private JsTag TagOf(uint address) => (JsTag)BinaryPrimitives.ReadInt32LittleEndian(_memory.Slice(address + 4, 4));

    private uint RawOf(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(_memory.Slice(address, 4));

    private Func Function(QuickJsFunction function) =>
        _functions[(int)function] ??= (Func)Instance.GetExport(QuickJsModule.NameOf(function))!;

    private uint Invoke(QuickJsFunction function, params ReadOnlySpan<ulong> arguments)
    {
        var called = Function(function);
        var hasResult = called.Type.Results.Length > 0;
        ulong result = 0;
        called.Invoke(arguments, hasResult ? new Span<ulong>(ref result) : []);
        return (uint)result;
    }
}
