using Mik.Components.Binary;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.CanonicalAbi;

/// <summary>
/// One side of a call: where its values lie, how its strings look, and whose handles it uses. Single-threaded; used for one call after the
/// other, since a guest asks its host about ten times for one request.
/// </summary>
// cabi: LiftLowerContext
internal sealed class LiftLowerContext
{
    // What one call may make the host allocate. A few bytes of guest memory can describe much: a list of strings that are all
    // the same large one. 128 MiB is what the reference host allows.
    private const long MaxLiftedBytes = 128L << 20;

    // Between guests one string of the largest size must fit.
    private const long MaxPassedOnBytes = 600L << 20;

    private readonly List<uint> _lenders = [];
    private readonly List<ResourceHandle> _taken = [];
    private Memory? _memory;
    private Func? _realloc;
    private long _liftedBytes;

    public StringEncoding Encoding { get; private set; }

    public GuestInstance Instance { get; private set; } = null!; // between Begin and End

    /// <summary>Where borrows handed to the callee are counted; set when its parameters contain any.</summary>
    public BorrowScope? BorrowScope { get; private set; }

    /// <summary>Whether the host keeps what is lifted, or passes it on to another guest.</summary>
    public bool IsForHost { get; private set; }

    /// <summary>A call begins.</summary>
    public void Begin(Memory? memory, Func? realloc, StringEncoding encoding, GuestInstance instance, BorrowScope? scope, bool isForHost)
    {
        (_memory, _realloc, Encoding, Instance, BorrowScope, IsForHost) = (memory, realloc, encoding, instance, scope, isForHost);
        _liftedBytes = 0;
    }

    /// <summary>It has ended, and with it what was lent to it.</summary>
    // cabi: Subtask.deliver_resolve
    public void End()
    {
        foreach (var handle in _lenders)
        {
            Instance.Handles.AddLend(handle, -1);
        }

        Forget(_lenders);
        Forget(_taken);
    }

    public Span<byte> Slice(uint address, long length)
    {
        if (_memory is null || address + length > _memory.Length)
        {
            throw new TrapException(TrapCode.HostRefused, $"pointer out of bounds of memory: {length} bytes at 0x{address:x}");
        }

        return _memory.Slice(address, (uint)length);
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
        if (_realloc is null)
        {
            throw new TrapException(TrapCode.HostRefused, "the component has no realloc function");
        }

        Instance.MayLeave = false;
        Span<ulong> result = stackalloc ulong[1];
        _realloc.InvokeContained([old, oldLength, (ulong)alignment, newLength], result);
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
    public void AddTaken(in ResourceHandle handle) => _taken.Add(handle);

    /// <summary>Drops the host resources of a call that did not come about.</summary>
    public void DropTaken()
    {
        foreach (var handle in _taken)
        {
            (handle.Resource as HostResourceType)?.Drop?.Invoke(handle.Object!);
        }
    }

    // cabi: Subtask.add_lender
    public void AddLender(uint handle)
    {
        Instance.Handles.AddLend(handle, 1);
        _lenders.Add(handle);
    }

    // A list of all of a guest's handles is not to be kept for calls with one.
    private static void Forget<T>(List<T> list)
    {
        const int MaxKeptLength = 64;
        list.Clear();
        if (list.Capacity > MaxKeptLength)
        {
            list.Capacity = 0;
        }
    }
}
