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

    /// <summary>The value's bits, as in <see cref="HostCallback"/>; of a v128 the lower half. Setting it clears the upper half.</summary>
    public ulong Value
    {
        get => _type.ValueType is ValType.I32 or ValType.F32 ? *(uint*)Address : *(ulong*)Address;
        set => Bits = value;
    }

    /// <summary>The value's bits; the upper half is that of a v128 and otherwise zero.</summary>
    public UInt128 Bits
    {
        get => new(_type.ValueType == ValType.V128 ? ((ulong*)Address)[1] : 0, Value);
        set
        {
            *(ulong*)Address = (ulong)value;
            if (_type.ValueType == ValType.V128)
            {
                ((ulong*)Address)[1] = (ulong)(value >> 64);
            }
        }
    }

    /// <summary>Where the value is.</summary>
    internal nint Address { get; }

    /// <summary>Creates a global that guests of <paramref name="store"/> can import.</summary>
    public static Global Create(Store store, GlobalType type, UInt128 value) =>
        new(store, type, store.CreateBlock(8 * type.ValueType.Slots()).Address) { Bits = value };
}
