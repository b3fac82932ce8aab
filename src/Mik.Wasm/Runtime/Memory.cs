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
    private readonly MemoryType _type;

    // Set until the instance is made; nothing has run in the memory yet.
    private MemoryImage? _madeOf;

    // The store's count when the memory was set to an image; null before.
    private uint? _unseenWrites;

    private Memory(Store store, MemoryType type, ulong maxPages, long length, MemoryImage? image)
        : base(store)
    {
        _type = type;

        // No reservation can cover what 64-bit addresses reach, so code compares those.
        _reservation = store.CreateReservation(!type.Is64, (nuint)maxPages * PageSize, (nuint)length, image);
        _record = store.CreateBlock(16);
        _record[ContextLayout.MemoryRecordBase] = _reservation.Address;
        _record[ContextLayout.MemoryRecordLength] = length;
    }

    /// <inheritdoc/>
    public override ExternType ExternType => _type with { Limits = new Limits((ulong)Length / PageSize, _type.Limits.Max) };

    /// <summary>Current length in bytes.</summary>
    public long Length => _record[ContextLayout.MemoryRecordLength];

    internal nint BaseAddress => _reservation.Address;

    internal nint RecordAddress => _record.Address;

    /// <summary>Creates a memory that guests of <paramref name="store"/> can import.</summary>
    /// <exception cref="TrapException">Its minimum is above what is left of the store's limit; <see cref="Store.MemoryLimitHit"/> is then set.</exception>
    public static Memory Create(Store store, MemoryType type) => Create(store, type, InitialLength(type), image: null);

    /// <summary>
    /// Creates the memory that an instance made of an image imports (<see cref="Module.Instantiate(Store, ReadOnlySpan{Extern}, InstanceImage)"/>).
    /// </summary>
    /// <exception cref="TrapException">As with the other overload, of the image's size.</exception>
    public static Memory Create(Store store, MemoryType type, InstanceImage image)
    {
        return Create(store, type, image, index: 0);
    }

    /// <summary>Creates the memory of that index in an image.</summary>
    internal static Memory Create(Store store, MemoryType type, InstanceImage image, int index)
    {
        var (length, content) = image.MemoryOf(index);
        var memory = Create(store, type, length, content);
        memory._madeOf = content;
        return memory;
    }

    /// <summary>Creates a memory that is zero, or as an image of that length.</summary>
    internal static Memory Create(Store store, MemoryType type, long length, MemoryImage? image)
    {
        store.CountMemory();
        if (!store.TryTakeMemory(length))
        {
            throw new TrapException(
                TrapCode.HostRefused,
                $"a memory of {length} bytes is above what is left of the limit of {store.Limits.MaxMemoryBytes}");
        }

        var reachable = Math.Min((ulong)store.Limits.MaxMemoryBytes / PageSize, type.MaxPages);
        return new Memory(store, type, Math.Min(type.Limits.Max ?? ulong.MaxValue, reachable), length, image);
    }

    /// <summary>What a memory of that type starts with, in bytes; more than any limit where that is not a number of bytes.</summary>
    internal static long InitialLength(MemoryType type) =>
        type.Limits.Min <= long.MaxValue / PageSize ? (long)type.Limits.Min * PageSize : long.MaxValue;

    /// <summary>
    /// The bytes from <paramref name="address"/> on. Valid until the store is disposed; growing does not move them.
    /// </summary>
    /// <exception cref="TrapException">The range does not lie in the memory.</exception>
    public Span<byte> Slice(ulong address, ulong length)
    {
        var available = (ulong)Length;
        if (length > available || address > available - length || length > int.MaxValue)
        {
            throw new TrapException(TrapCode.MemoryOutOfBounds);
        }

        Store.NoteWrite();

        // Safe because the range was just checked against the committed length.
        return new Span<byte>((byte*)BaseAddress + address, (int)length);
    }

    /// <summary>Grows by whole 64 KiB pages; returns the old size in pages, or -1 when refused.</summary>
    // spec: exec-memory.grow
    public long Grow(ulong pages)
    {
        var old = (ulong)Length / PageSize;
        if (pages > (_type.Limits.Max ?? _type.MaxPages) - old)
        {
            return -1;
        }

        // More pages than the limit has bytes are too many, too; their bytes need not be a number.
        var bytes = pages <= (ulong)Store.Limits.MaxMemoryBytes / PageSize ? (long)pages * PageSize : long.MaxValue;
        if (!Store.TryTakeMemory(bytes))
        {
            return -1;
        }

        if (Resize(old + pages))
        {
            return (long)old;
        }

        Store.ReturnMemory(bytes);
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
        _reservation.SetTo(image, isSeen: Store.UnseenWrites == _unseenWrites);
        _unseenWrites = Store.UnseenWrites;
    }

    private void Recount(long length)
    {
        if (length <= Length)
        {
            Store.ReturnMemory(Length - length);
        }
        else if (!Store.TryTakeMemory(length - Length))
        {
            throw new TrapException(TrapCode.HostRefused, $"an image of {length} bytes of memory is above the limit of {Store.Limits.MaxMemoryBytes}");
        }

        _record[ContextLayout.MemoryRecordLength] = length;
    }

    private bool Resize(ulong pages)
    {
        if (!_reservation.CommitTo((nuint)pages * PageSize))
        {
            return false;
        }

        _record[ContextLayout.MemoryRecordLength] = (long)pages * PageSize;
        return true;
    }
}
