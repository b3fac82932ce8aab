using System.Collections.Concurrent;

namespace Mik.Wasm.Runtime.Allocation;

/// <summary>
/// The address space behind one linear memory. The base never moves: growing commits more of the reservation. Behind guard-page
/// code the reservation is a slot of the arena, long enough that no 32-bit address plus 32-bit offset can leave it.
/// </summary>
internal sealed class MemoryReservation
{
    // A 32-bit address plus a 32-bit offset plus the widest access stays below 8 GiB + 16 bytes; 64 KiB keeps slots aligned.
    private static readonly nuint SlotLength = ((nuint)8 << 30) + 0x10000;

    private static readonly ConcurrentBag<int> FreeSlots = [];
    private static int _slotsTaken;

    private readonly int _slot;
    private readonly nuint _length;
    private nuint _committed;
    private MemoryImage? _image;

    private MemoryReservation(nint address, nuint length, int slot)
    {
        Address = address;
        _length = length;
        _slot = slot;
    }

    /// <summary>Address of the first byte.</summary>
    public nint Address { get; }

    /// <summary>Reserves space for up to <paramref name="maxLength"/> bytes; nothing of it is usable yet.</summary>
    /// <exception cref="ResourceExhaustedException">The process is out of address space.</exception>
    public static MemoryReservation Create(bool guarded, nuint maxLength)
    {
        if (guarded)
        {
            return TakeSlot();
        }

        var length = Math.Max(maxLength, 0x10000);
        var address = VirtualPages.Reserve(length);
        return address != 0
            ? new MemoryReservation(address, length, slot: -1)
            : throw new ResourceExhaustedException("The system has no address space left for a guest memory.");
    }

    /// <summary>Makes the first <paramref name="length"/> bytes usable; <see langword="false"/> when the system has no memory left.</summary>
    public bool CommitTo(nuint length)
    {
        if (length > _committed)
        {
            if (length > _length || !VirtualPages.Commit(Address + (nint)_committed, length - _committed))
            {
                return false;
            }

            _committed = length;
        }

        return true;
    }

    /// <summary>Forgets the content: everything reads as zero again, and only <paramref name="length"/> bytes stay usable.</summary>
    public void Clear(nuint length)
    {
        VirtualPages.Decommit(Address, _committed);
        _committed = 0;
        _image = null;
        if (!CommitTo(length))
        {
            throw new ResourceExhaustedException("The system refused memory to a guest that had it before.");
        }
    }

    /// <summary>Sets the content to an image's; what was written since the last time is all that is touched.</summary>
    public void SetTo(MemoryImage image)
    {
        if (_image == image)
        {
            VirtualPages.Decommit(Address + (nint)image.Length, _committed - image.Length);
            image.ResetAt(Address);
        }
        else
        {
            VirtualPages.Decommit(Address, _committed);
            image.MapAt(Address);
            _image = image;
        }

        _committed = image.Length;
    }

    /// <summary>Gives the space back. Nothing may touch it afterwards.</summary>
    public void Release()
    {
        if (_slot < 0)
        {
            VirtualPages.Release(Address, _length);
            return;
        }

        VirtualPages.Decommit(Address, _committed);
        FreeSlots.Add(_slot);
    }

    private static MemoryReservation TakeSlot()
    {
        if (!FreeSlots.TryTake(out var slot))
        {
            slot = Interlocked.Increment(ref _slotsTaken) - 1;
            if (((nuint)slot + 1) * SlotLength > GuardPages.ArenaLength)
            {
                Interlocked.Decrement(ref _slotsTaken);
                throw new ResourceExhaustedException("All guest memory slots are in use.");
            }
        }

        return new MemoryReservation(GuardPages.ArenaStart + (nint)((nuint)slot * SlotLength), SlotLength, slot);
    }
}
