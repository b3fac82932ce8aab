using System.Buffers.Binary;
using System.Text;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Scripting.TypeScript;

/// <summary>
/// One instance of the TypeScript stripper, a wasm-bindgen module. Of the functions it imports only those that its synchronous,
/// strip-only transformation calls are there.
/// </summary>
internal sealed class TypeScriptModule : IDisposable
{
    private const string Memory = "memory";
    private const string Allocate = "__wbindgen_export_2";
    private const string MoveStack = "__wbindgen_add_to_stack_pointer";
    private const string Transform = "transformSync";

    // i32 result, i32 error, i32 is-error; the stack stays 16-byte aligned.
    private const int ReturnArea = 16;

    private readonly Store _store;
    private readonly Memory _memory;
    private readonly Func _allocate;
    private readonly Func _moveStack;
    private readonly Func _transform;
    private readonly BindgenHeap _heap = new();

    /// <param name="module">The compiled stripper.</param>
    /// <param name="limits">What it may take, and who pays for it.</param>
    /// <exception cref="TrapException">Whoever pays has no memory left.</exception>
    public TypeScriptModule(Module module, StoreLimits limits)
    {
        _store = new Store(module.Engine, limits);
        try
        {
            var imports = module.Imports.Select(import => (Extern)Func.FromHost(
                _store,
                ((FuncExternType)import.Type).Type,
                CallbackFor(import.Name))).ToArray();
            var instance = module.Instantiate(_store, imports);
            _memory = (Memory)instance.GetExport(Memory)!;
            _allocate = (Func)instance.GetExport(Allocate)!;
            _moveStack = (Func)instance.GetExport(MoveStack)!;
            _transform = (Func)instance.GetExport(Transform)!;
        }
        catch
        {
            _store.Dispose();
            throw;
        }
    }

    /// <summary>Where it runs.</summary>
    public Store Store => _store;

    /// <summary>Erases the types of a source.</summary>
    /// <returns>An object with <c>code</c>; or, when <c>IsError</c>, whatever the stripper threw.</returns>
    public (object? Result, bool IsError) Run(string source, Dictionary<string, object?> options)
    {
        Span<ulong> result = [0];
        _moveStack.Invoke([unchecked((uint)-ReturnArea)], result);
        var area = (uint)result[0];
        _transform.Invoke([area, _heap.Add(source), _heap.Add(options)], []);
        var returned = _memory.Slice(area, ReturnArea);
        var value = BinaryPrimitives.ReadUInt32LittleEndian(returned);
        var error = BinaryPrimitives.ReadUInt32LittleEndian(returned[4..]);
        var isError = BinaryPrimitives.ReadUInt32LittleEndian(returned[8..]) != 0;
        _moveStack.Invoke([ReturnArea], result);
        return (_heap.Take(isError ? error : value), isError);
    }

    public void Dispose() => _store.Dispose();

    // The generated names end in a hash of the glue code's version.
    private HostCallback CallbackFor(string name) => name switch
    {
        "__wbindgen_is_falsy" => (a, r) => r[0] = Bit(_heap[a[0]] is null or false or 0.0 or "" || _heap[a[0]] == BindgenHeap.Undefined),
        "__wbindgen_is_object" => (a, r) => r[0] = Bit(_heap[a[0]] is Dictionary<string, object?>),
        "__wbindgen_is_string" => (a, r) => r[0] = Bit(_heap[a[0]] is string),
        "__wbindgen_is_undefined" => (a, r) => r[0] = Bit(_heap[a[0]] == BindgenHeap.Undefined),
        "__wbindgen_in" => (a, r) => r[0] = Bit(_heap[a[1]] is Dictionary<string, object?> o && o.ContainsKey((string)_heap[a[0]]!)),
        "__wbindgen_jsval_loose_eq" => (a, r) => r[0] = Bit(LooselyEqual(_heap[a[0]], _heap[a[1]])),
        "__wbindgen_boolean_get" => (a, r) => r[0] = _heap[a[0]] is bool value ? Bit(value) : 2,
        "__wbindgen_string_get" => StringGet,
        "__wbindgen_number_new" => (a, r) => r[0] = _heap.Add(BitConverter.UInt64BitsToDouble(a[0])),
        "__wbindgen_string_new" => (a, r) => r[0] = _heap.Add(Text(a)),
        "__wbindgen_object_clone_ref" => (a, r) => r[0] = _heap.Add(_heap[a[0]]),
        "__wbindgen_object_drop_ref" => (a, _) => _heap.Drop(a[0]),
        "__wbindgen_throw" => (a, _) => throw new TrapException(TrapCode.HostRefused, Text(a)),
        _ when name.StartsWith("__wbg_getwithrefkey_", StringComparison.Ordinal) => (a, r) => r[0] = _heap.Add(Property(a)),
        _ when name.StartsWith("__wbg_new_405e22f390576ce2", StringComparison.Ordinal) => (_, r) => r[0] = _heap.Add(NewObject()),
        _ when name.StartsWith("__wbg_set_3f1d0b984ed272ed", StringComparison.Ordinal) => Set,
        _ => (_, _) => throw new TrapException(TrapCode.HostRefused, $"the TypeScript stripper called {name}"),
    };

    private static uint Bit(bool value) => value ? 1u : 0u;

    // undefined == null
    private static bool LooselyEqual(object? left, object? right) => IsNullish(left) ? IsNullish(right) : Equals(left, right);

    private static bool IsNullish(object? value) => value is null || value == BindgenHeap.Undefined;

    private static Dictionary<string, object?> NewObject() => new(StringComparer.Ordinal);

    private string Text(ReadOnlySpan<ulong> arguments) =>
        Encoding.UTF8.GetString(_memory.Slice((uint)arguments[0], (uint)arguments[1]));

    private object? Property(ReadOnlySpan<ulong> arguments) =>
        _heap[arguments[0]] is Dictionary<string, object?> target && target.TryGetValue((string)_heap[arguments[1]]!, out var value)
            ? value
            : BindgenHeap.Undefined;

    // (object, key, value), taking key and value
    private void Set(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var key = (string)_heap.Take(arguments[1])!;
        ((Dictionary<string, object?>)_heap[arguments[0]]!)[key] = _heap.Take(arguments[2]);
    }

    // (result*, value): writes address and length of the text, which the module then owns; address 0 for what is no string
    private void StringGet(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var target = (uint)arguments[0];
        uint address = 0;
        uint length = 0;
        if (_heap[arguments[1]] is string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Span<ulong> allocated = [0];
            _allocate.Invoke([(uint)bytes.Length, 1], allocated);
            address = (uint)allocated[0];
            length = (uint)bytes.Length;
            bytes.CopyTo(_memory.Slice(address, length));
        }

        var pair = _memory.Slice(target, 8);
        BinaryPrimitives.WriteUInt32LittleEndian(pair, address);
        BinaryPrimitives.WriteUInt32LittleEndian(pair[4..], length);
    }
}
