using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>A global variable.</summary>
// spec: syntax-globalinst
public sealed unsafe class Global : Extern
{
    private readonly GlobalType _type;

    internal Global(Store store, GlobalType type, nint address)
        : base(store)
    {
        _type = type;
        Address = address;
    }

    /// <inheritdoc/>
    public override ExternType ExternType => _type;

    /// <summary>The value's bits, as in <see cref="HostCallback"/>.</summary>
    public ulong Value
    {
        get => _type.ValueType is ValType.I32 or ValType.F32 ? *(uint*)Address : *(ulong*)Address;
        set => *(ulong*)Address = value;
    }

    /// <summary>Where the value is.</summary>
    internal nint Address { get; }

    /// <summary>Creates a global that guests of <paramref name="store"/> can import.</summary>
    public static Global Create(Store store, GlobalType type, ulong value) =>
        new(store, type, store.CreateBlock(8).Address) { Value = value };
}
