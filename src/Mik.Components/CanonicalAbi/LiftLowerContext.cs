using Mik.Components.Binary;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.CanonicalAbi;

/// <summary>One side of a call: where its values lie, how its strings look, and whose handles it uses. Single-threaded.</summary>
// cabi: LiftLowerContext
internal sealed class LiftLowerContext(Memory? memory, Func? realloc, StringEncoding encoding, GuestInstance instance)
{
    // What one call may make the host allocate. A few bytes of guest memory can describe much: a list of strings that are all
    // the same large one. 128 MiB is what the reference host allows.
    private const long MaxLiftedBytes = 128L << 20;

    // Between guests one string of the largest size must fit.
    private const long MaxPassedOnBytes = 600L << 20;

    // As a rule there is one at most, of either.
    private uint _lender; // 0, which is no handle, for none
    private List<uint>? _furtherLenders;
    private List<ResourceHandle>? _taken;
    private long _liftedBytes;

    public StringEncoding Encoding { get; } = encoding;

    public GuestInstance Instance { get; } = instance;

    /// <summary>Where borrows handed to the callee are counted; set when its parameters contain any.</summary>
    public BorrowScope? BorrowScope { get; init; }

    /// <summary>Whether the host keeps what is lifted, or passes it on to another guest.</summary>
    public bool IsForHost { get; init; } = true;

    public Span<byte> Slice(uint address, long length)
    {
        if (memory is null || address + length > memory.Length)
        {
            throw new TrapException(TrapCode.HostRefused, $"pointer out of bounds of memory: {length} bytes at 0x{address:x}");
        }

        return memory.Slice(address, (uint)length);
    }

    /// <summary>The bytes at an address the guest gave for a value of that alignment.</summary>
    public Span<byte> SliceAligned(uint address, long length, int alignment)
    {
        if ((address & (alignment - 1)) != 0)
        {
            throw new TrapException(TrapCode.HostRefused, $"pointer not aligned: 0x{address:x} is not a multiple of {alignment}");
        }

        return Slice(address, length);
    }

    // cabi: LiftLowerContext.allocate
    public uint Allocate(int alignment, uint length) => Reallocate(0, 0, alignment, length);

    // cabi: LiftLowerContext.reallocate
    public uint Reallocate(uint old, uint oldLength, int alignment, uint newLength)
    {
        if (realloc is null)
        {
            throw new TrapException(TrapCode.HostRefused, "the component has no realloc function");
        }

        Instance.MayLeave = false;
        Span<ulong> result = stackalloc ulong[1];
        realloc.InvokeContained([old, oldLength, (ulong)alignment, newLength], result);
        Instance.MayLeave = true;
        return (uint)result[0];
    }

    public void ChargeLifted(long bytes)
    {
        _liftedBytes += bytes;
        if (_liftedBytes > (IsForHost ? MaxLiftedBytes : MaxPassedOnBytes))
        {
            throw new TrapException(TrapCode.HostRefused, "the values of one call take too much memory of the host");
        }
    }

    /// <summary>Remembers a host resource that was taken out of the guest's handles, until the call has all its arguments.</summary>
    public void AddTaken(in ResourceHandle handle) => (_taken ??= new List<ResourceHandle>(capacity: 1)).Add(handle);

    /// <summary>Drops the host resources of a call that did not come about.</summary>
    public void DropTaken()
    {
        foreach (var handle in _taken ?? [])
        {
            (handle.Resource as HostResourceType)?.Drop?.Invoke(handle.Object!);
        }
    }

    // cabi: Subtask.add_lender
    public void AddLender(uint handle)
    {
        Instance.Handles.AddLend(handle, 1);
        if (_lender == 0)
        {
            _lender = handle;
        }
        else
        {
            (_furtherLenders ??= []).Add(handle);
        }
    }

    // cabi: Subtask.deliver_resolve
    public void ReleaseLenders()
    {
        if (_lender == 0)
        {
            return;
        }

        Instance.Handles.AddLend(_lender, -1);
        foreach (var handle in _furtherLenders ?? [])
        {
            Instance.Handles.AddLend(handle, -1);
        }
    }
}
