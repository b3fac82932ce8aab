using System.Diagnostics.CodeAnalysis;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Runtime;

/// <summary>Counts the borrows a call handed to its callee, which must all be dropped before the call returns.</summary>
// cabi: Task.num_borrows
internal sealed class BorrowScope
{
    public int Count { get; set; }
}

/// <summary>What a guest's handle stands for.</summary>
// cabi: ResourceHandle
internal struct ResourceHandle
{
    /// <summary><see langword="null"/> in a free entry.</summary>
    public ResourceType? Resource;

    /// <summary>The representation of a guest's resource.</summary>
    public uint Representation;

    /// <summary>The object of a host's resource.</summary>
    public object? Object;

    public bool IsOwn;

    /// <summary>For a borrow, the call that ends it.</summary>
    public BorrowScope? Scope;

    /// <summary>Calls under way to which this handle is lent; it cannot be dropped or given away meanwhile.</summary>
    public int Lends;
}

/// <summary>The handles of one component instance. Index 0 is never used. Single-threaded.</summary>
// cabi: Table
internal sealed class HandleTable
{
    // The reference allows 2^28; a guest that forgets to drop should not take gigabytes of the host with it.
    private const int MaxHandles = 1 << 20;

    // Instances that wait for their next use keep their tables, if they are not larger than requests need.
    private const int InitialLength = 8;
    private const int MaxKeptLength = 64;

    private ResourceHandle[] _entries = new ResourceHandle[InitialLength];
    private readonly Stack<int> _free = new();
    private int _end = 1;

    public uint Add(in ResourceHandle handle)
    {
        if (!_free.TryPop(out var index))
        {
            index = _end;
            if (index > MaxHandles)
            {
                throw new TrapException(TrapCode.HostRefused, $"the component holds more than {MaxHandles} handles");
            }

            if (index == _entries.Length)
            {
                Array.Resize(ref _entries, index * 2);
            }

            _end++;
        }

        _entries[index] = handle;
        return (uint)index;
    }

    /// <summary>The entry of a handle of that type.</summary>
    /// <exception cref="TrapException">The guest's index is not such a handle.</exception>
    public ref ResourceHandle Get(uint index, ResourceType resource)
    {
        if (index >= (uint)_end || _entries[index].Resource is not { } actual)
        {
            ThrowUnknown(index);
        }
        else if (!ReferenceEquals(actual, resource))
        {
            throw new TrapException(TrapCode.HostRefused, $"handle index {index} used with the wrong type: expected {resource}, found {actual}");
        }

        return ref _entries[index];
    }

    /// <summary>Takes a handle out, which no call may be using.</summary>
    public ResourceHandle Remove(uint index, ResourceType resource)
    {
        ref var entry = ref Get(index, resource);
        var handle = entry;
        if (handle.Lends != 0)
        {
            throw new TrapException(TrapCode.HostRefused, $"cannot remove owned resource while borrowed: handle {index} is lent to a call");
        }

        entry = default;
        _free.Push((int)index);
        return handle;
    }

    public void AddLend(uint index, int change) => _entries[index].Lends += change;

    /// <summary>
    /// Takes out the last resource that is still owned, and with it all handles behind it. Once there is none, the table is as it was in the
    /// beginning, and gives the same numbers again.
    /// </summary>
    public bool TryRemoveLastOwned(out ResourceHandle handle)
    {
        while (_end > 1)
        {
            _end--;
            handle = _entries[_end];
            _entries[_end] = default;
            if (handle.IsOwn)
            {
                return true;
            }
        }

        _free.Clear();
        if (_entries.Length > MaxKeptLength)
        {
            _entries = new ResourceHandle[InitialLength];
            _free.TrimExcess();
        }

        handle = default;
        return false;
    }

    [DoesNotReturn]
    private static void ThrowUnknown(uint index) =>
        throw new TrapException(TrapCode.HostRefused, $"unknown handle index {index}");
}
