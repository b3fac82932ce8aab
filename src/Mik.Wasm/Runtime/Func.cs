using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>
/// A host function's body. Values are 64-bit slots holding the bits of i32 (low half), i64, f32 (low half), f64 or a reference; a v128
/// takes two slots, the lower half first.
/// To stop the guest throw <see cref="TrapException"/>; it may catch a <see cref="WasmException"/> whose tag it has. Any other exception passes
/// through the guest unchanged to whoever called it.
/// </summary>
/// <param name="arguments">The parameters' slots. The upper half of 32-bit values is undefined.</param>
/// <param name="results">The results' slots, to be filled. May overlap <paramref name="arguments"/>: read before writing.</param>
public delegate void HostCallback(ReadOnlySpan<ulong> arguments, Span<ulong> results);

/// <summary>A function of an instance or of the host.</summary>
// spec: syntax-funcinst
public sealed unsafe class Func : Extern
{
    // Slots kept on the stack for one call; wider signatures are rare enough to allocate.
    private const int StackSlots = 32;

    private readonly nint _enter;

    /// <summary>A function of an instance.</summary>
    internal Func(Store store, FuncType type, nint code, nint context, nint enter)
        : base(store)
    {
        Type = type;
        Code = code;
        Context = context;
        _enter = enter;
    }

    private Func(Store store, FuncType type, HostCallback callback)
        : base(store)
    {
        Type = type;
        Callback = callback;
        Context = store.CreateContext(ContextLayout.HeaderSize, this).Address;
    }

    /// <summary>Its signature.</summary>
    public FuncType Type { get; }

    /// <inheritdoc/>
    public override ExternType ExternType => new FuncExternType(Type);

    /// <summary>Address of the code; 0 for a host function, whose code is the importing module's thunk.</summary>
    internal nint Code { get; }

    /// <summary>What the code takes as argument 0.</summary>
    internal nint Context { get; }

    /// <summary>The host function's body, or <see langword="null"/> for a function of an instance.</summary>
    internal HostCallback? Callback { get; }

    /// <summary>Makes a host function that guests of <paramref name="store"/> can import.</summary>
    public static Func FromHost(Store store, FuncType type, HostCallback callback)
    {
        store.EnsureResultSlots(type.ResultSlots);
        return new Func(store, type, callback);
    }

    /// <summary>Calls the function. Slots are as in <see cref="HostCallback"/>.</summary>
    /// <exception cref="ArgumentException">A span's length does not fit <see cref="Type"/>.</exception>
    /// <exception cref="TrapException">The guest trapped.</exception>
    /// <exception cref="WasmException">The guest threw an exception and did not catch it.</exception>
    public void Invoke(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        if (arguments.Length != Type.ParameterSlots || results.Length != Type.ResultSlots)
        {
            throw new ArgumentException($"The function takes {Type}, not {arguments.Length} slots of arguments and {results.Length} of results.");
        }

        if (Callback is { } callback)
        {
            callback(arguments, results);
            return;
        }

        var count = Math.Max(Math.Max(arguments.Length, results.Length), 1);
        var slots = count <= StackSlots ? stackalloc ulong[StackSlots] : new ulong[count];
        arguments.CopyTo(slots);
        fixed (ulong* first = slots)
        {
            Store.Enter(_enter, Code, Context, first);
        }

        slots[..results.Length].CopyTo(results);
    }
}
