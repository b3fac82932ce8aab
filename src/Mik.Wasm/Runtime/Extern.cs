using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>Something an instance can import or export.</summary>
// spec: syntax-externval
public abstract class Extern
{
    private protected Extern()
    {
    }

    /// <summary>What it is; for memories and tables the minimum is the current size.</summary>
    public abstract ExternType ExternType { get; }
}

/// <summary>
/// A host function's body. Values are 64-bit slots holding the bits of i32 (low half), i64, f32 (low half), f64 or a reference.
/// An exception other than <see cref="TrapException"/> passes through the guest unchanged to whoever called it.
/// </summary>
/// <param name="arguments">One slot per parameter.</param>
/// <param name="results">One slot per result, to be filled.</param>
public delegate void HostCallback(ReadOnlySpan<ulong> arguments, Span<ulong> results);

/// <summary>A function of an instance or of the host.</summary>
public sealed class Func : Extern
{
    private Func(FuncType type) => Type = type;

    /// <summary>Its signature.</summary>
    public FuncType Type { get; }

    /// <inheritdoc/>
    public override ExternType ExternType => new FuncExternType(Type);

    /// <summary>Makes a host function that guests of <paramref name="store"/> can import.</summary>
    public static Func FromHost(Store store, FuncType type, HostCallback callback) => throw new NotImplementedException();

    /// <summary>Calls the function. Slots are as in <see cref="HostCallback"/>.</summary>
    /// <exception cref="TrapException">The guest trapped.</exception>
    public void Invoke(ReadOnlySpan<ulong> arguments, Span<ulong> results) => throw new NotImplementedException();
}

/// <summary>A linear memory.</summary>
public sealed class Memory : Extern
{
    internal Memory()
    {
    }

    /// <inheritdoc/>
    public override ExternType ExternType => throw new NotImplementedException();

    /// <summary>Current length in bytes.</summary>
    public long Length => throw new NotImplementedException();

    /// <summary>Creates a memory that guests of <paramref name="store"/> can import.</summary>
    public static Memory Create(Store store, MemoryType type) => throw new NotImplementedException();

    /// <summary>
    /// The bytes from <paramref name="address"/> on. Valid until the store is disposed; growing does not move them.
    /// </summary>
    /// <exception cref="TrapException">The range does not lie in the memory.</exception>
    public Span<byte> Slice(uint address, uint length) => throw new NotImplementedException();

    /// <summary>Grows by whole 64 KiB pages; returns the old size in pages, or -1 when refused.</summary>
    public int Grow(uint pages) => throw new NotImplementedException();
}

/// <summary>A table of references. A reference is a 64-bit slot; 0 is null.</summary>
public sealed class Table : Extern
{
    internal Table()
    {
    }

    /// <inheritdoc/>
    public override ExternType ExternType => throw new NotImplementedException();

    /// <summary>Creates a table that guests of <paramref name="store"/> can import.</summary>
    public static Table Create(Store store, TableType type) => throw new NotImplementedException();

    /// <summary>Current length in elements.</summary>
    public long Length => throw new NotImplementedException();

    /// <summary>Reads an element of a funcref table; <see langword="null"/> for a null element.</summary>
    /// <exception cref="TrapException">The index is not below <see cref="Length"/>.</exception>
    public Func? GetFunc(uint index) => throw new NotImplementedException();
}

/// <summary>A global variable.</summary>
public sealed class Global : Extern
{
    internal Global()
    {
    }

    /// <inheritdoc/>
    public override ExternType ExternType => throw new NotImplementedException();

    /// <summary>The value's bits, as in <see cref="HostCallback"/>.</summary>
    public ulong Value
    {
        get => throw new NotImplementedException();
        set => throw new NotImplementedException();
    }

    /// <summary>Creates a global that guests of <paramref name="store"/> can import.</summary>
    public static Global Create(Store store, GlobalType type, ulong value) => throw new NotImplementedException();
}
