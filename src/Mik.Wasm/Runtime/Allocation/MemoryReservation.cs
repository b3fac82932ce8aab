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
    private nuint _initialLength;
    private MemoryImage? _initialImage;
    private MemoryImage? _image;
    private WrittenPages.Run[]? _written; // all pages of the image that are private to this memory; null when that is not known
    private bool _isPooled;

    private MemoryReservation(nint address, nuint length, int slot)
    {
        Address = address;
        _length = length;
        _slot = slot;
    }

    /// <summary>Address of the first byte.</summary>
    public nint Address { get; }

    /// <summary>
    /// Finds space for up to <paramref name="maxLength"/> bytes, of which the first <paramref name="length"/> are usable and zero, or as
    /// in <paramref name="image"/>, which is then of that length.
    /// </summary>
    /// <param name="guarded">Whether emitted code relies on guard pages around it.</param>
    /// <param name="maxLength">How far it may grow.</param>
    /// <param name="length">What is usable at the start.</param>
    /// <param name="image">What it holds at the start.</param>
    /// <param name="isPooled">Whether it may be an earlier one, and wait for a later use; guarded ones only.</param>
    /// <exception cref="ResourceExhaustedException">The process is out of address space or memory.</exception>
    public static MemoryReservation Create(bool guarded, nuint maxLength, nuint length, MemoryImage? image = null, bool isPooled = true)
    {
        if (guarded && isPooled && WarmMemories.TryTake(length, image) is { } warm)
        {
            return warm;
        }

        var reservation = guarded ? TakeSlot() : Reserve(maxLength);
        reservation._isPooled = guarded && isPooled;
        reservation._initialLength = length;
        reservation._initialImage = image;
        if (image is not null)
        {
            reservation.SetTo(image);
        }
        else if (!reservation.CommitTo(length))
        {
            reservation.ReleaseCold();
            throw new ResourceExhaustedException("The system has no memory left for a guest.");
        }

        return reservation;
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
        _written = null;
        if (!CommitTo(length))
        {
            throw new ResourceExhaustedException("The system refused memory to a guest that had it before.");
        }
    }

    /// <summary>Sets the content to an image's; what was written since the last time is all that is touched.</summary>
    /// <param name="image">The content.</param>
    /// <param name="isSeen">Whether no page was written since this was last called but such as had been written before that.</param>
    public void SetTo(MemoryImage image, bool isSeen = false)
    {
        if (_image != image)
        {
            VirtualPages.Decommit(Address, _committed);
            image.MapAt(Address);
            _image = image;
            _written = null;
        }
        else
        {
            VirtualPages.Decommit(Address + (nint)image.Length, _committed - image.Length);
            if (isSeen && _written is not null)
            {
                image.Restore(Address, _written);
            }
            else
            {
                _written = image.ResetAt(Address);
            }
        }

        _committed = image.Length;
    }

    /// <summary>Gives the space back, clean, for the next memory that starts the same way. Nothing may touch it afterwards.</summary>
    public void Release()
    {
        if (_isPooled && WarmMemories.HasRoom && TryCleanUp())
        {
            WarmMemories.Park(this, _initialLength, _initialImage);
        }
        else
        {
            ReleaseCold();
        }
    }

    /// <summary>Gives the space back for good.</summary>
    internal void ReleaseCold()
    {
        if (_slot < 0)
        {
            VirtualPages.Release(Address, _length);
            return;
        }

        VirtualPages.Decommit(Address, _committed);
        FreeSlots.Add(_slot);
    }

    // Back to how it was handed out, but with its pages still there: the next guest takes no page faults.
    private bool TryCleanUp()
    {
        if (_image != _initialImage || _initialLength == 0 || _committed < _initialLength || !PageScan.IsAvailable)
        {
            return false;
        }

        if (_image is not null)
        {
            SetTo(_image);
            return true;
        }

        VirtualPages.Decommit(Address + (nint)_initialLength, _committed - _initialLength);
        _committed = _initialLength;
        WrittenPages.Zero(Address, _committed);
        return true;
    }

    private static MemoryReservation Reserve(nuint maxLength)
    {
        var length = Math.Max(maxLength, 0x10000);
        var address = VirtualPages.Reserve(length);
        return address != 0
            ? new MemoryReservation(address, length, slot: -1)
            : throw new ResourceExhaustedException("The system has no address space left for a guest memory.");
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
