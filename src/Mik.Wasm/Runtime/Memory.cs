using Mik.Wasm.Runtime.Allocation;
using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>A linear memory.</summary>
// spec: syntax-meminst
public sealed unsafe class Memory : Extern
{
    internal const int PageSize = 65_536;

    private readonly MemoryReservation _reservation;
    private readonly NativeBlock _record;
    private readonly uint? _declaredMax;

    // Set until the instance is made; nothing has run in the memory yet.
    private MemoryImage? _madeOf;

    private Memory(Store store, MemoryType type, uint maxPages, long length, MemoryImage? image)
        : base(store)
    {
        _declaredMax = type.Limits.Max;
        _reservation = store.CreateReservation((nuint)maxPages * PageSize, (nuint)length, image);
        _record = store.CreateBlock(16);
        _record[ContextLayout.MemoryRecordBase] = _reservation.Address;
        _record[ContextLayout.MemoryRecordLength] = length;
    }

    /// <inheritdoc/>
    public override ExternType ExternType => new MemoryType(new Limits((uint)(Length / PageSize), _declaredMax));

    /// <summary>Current length in bytes.</summary>
    public long Length => _record[ContextLayout.MemoryRecordLength];

    internal nint BaseAddress => _reservation.Address;

    internal nint RecordAddress => _record.Address;

    /// <summary>Creates a memory that guests of <paramref name="store"/> can import.</summary>
    /// <exception cref="TrapException">Its minimum is above what is left of the store's limit; <see cref="Store.MemoryLimitHit"/> is then set.</exception>
    public static Memory Create(Store store, MemoryType type) => Create(store, type, (long)type.Limits.Min * PageSize, image: null);

    /// <summary>
    /// Creates the memory that an instance made of an image imports (<see cref="Module.Instantiate(Store, ReadOnlySpan{Extern}, InstanceImage)"/>).
    /// </summary>
    /// <exception cref="TrapException">As with the other overload, of the image's size.</exception>
    public static Memory Create(Store store, MemoryType type, InstanceImage image)
    {
        var memory = Create(store, type, image.MemoryLength, image.MemoryContent);
        memory._madeOf = image.MemoryContent;
        return memory;
    }

    /// <summary>Creates a memory that is zero, or as an image of that length.</summary>
    internal static Memory Create(Store store, MemoryType type, long length, MemoryImage? image)
    {
        if (!store.TryTakeMemory(length))
        {
            throw new TrapException(
                TrapCode.HostRefused,
                $"a memory of {length} bytes is above what is left of the limit of {store.Limits.MaxMemoryBytes}");
        }

        var reachable = (uint)Math.Min(store.Limits.MaxMemoryBytes / PageSize, Binary.ImplementationLimits.MemoryPages);
        return new Memory(store, type, Math.Min(type.Limits.Max ?? uint.MaxValue, reachable), length, image);
    }

    /// <summary>
    /// The bytes from <paramref name="address"/> on. Valid until the store is disposed; growing does not move them.
    /// </summary>
    /// <exception cref="TrapException">The range does not lie in the memory.</exception>
    public Span<byte> Slice(uint address, uint length)
    {
        if ((ulong)address + length > (ulong)Length || length > int.MaxValue)
        {
            throw new TrapException(TrapCode.MemoryOutOfBounds);
        }

        // Safe because the range was just checked against the committed length.
        return new Span<byte>((byte*)BaseAddress + address, (int)length);
    }

    /// <summary>Grows by whole 64 KiB pages; returns the old size in pages, or -1 when refused.</summary>
    // spec: exec-memory.grow
    public int Grow(uint pages)
    {
        var old = (uint)(Length / PageSize);
        var wanted = (ulong)old + pages;
        if (wanted > (_declaredMax ?? Binary.ImplementationLimits.MemoryPages) || !Store.TryTakeMemory((long)pages * PageSize))
        {
            return -1;
        }

        if (Resize((uint)wanted))
        {
            return (int)old;
        }

        Store.ReturnMemory((long)pages * PageSize);
        return -1;
    }

    /// <summary>Forgets the content and sets the size; used to start an instance anew.</summary>
    internal void Reset(long length)
    {
        Recount(length);
        _reservation.Clear((nuint)length);
    }

    /// <summary>Sets content and size to an image's.</summary>
    internal void Reset(MemoryImage image)
    {
        if (_madeOf == image)
        {
            _madeOf = null;
            return;
        }

        Recount((long)image.Length);
        _reservation.SetTo(image);
    }

    private void Recount(long length)
    {
        Store.ReturnMemory(Length);
        if (!Store.TryTakeMemory(length))
        {
            throw new TrapException(TrapCode.HostRefused, $"an image of {length} bytes of memory is above the limit of {Store.Limits.MaxMemoryBytes}");
        }

        _record[ContextLayout.MemoryRecordLength] = length;
    }

    private bool Resize(uint pages)
    {
        if (!_reservation.CommitTo((nuint)pages * PageSize))
        {
            return false;
        }

        _record[ContextLayout.MemoryRecordLength] = (long)pages * PageSize;
        return true;
    }
}
