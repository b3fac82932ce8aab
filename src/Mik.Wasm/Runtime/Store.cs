using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Mik.Wasm.Runtime.Allocation;

namespace Mik.Wasm.Runtime;

/// <summary>How much the instances of one store may take together.</summary>
public sealed record StoreLimits
{
    /// <summary>
    /// Largest size of all linear memories together, in bytes. Growth beyond it is refused to the guest (<c>memory.grow</c> is -1).
    /// </summary>
    public long MaxMemoryBytes { get; init; } = 4L << 30;

    /// <summary>
    /// Largest size of all tables together, in elements of 8 bytes. Growth beyond it is refused to the guest (<c>table.grow</c> is -1).
    /// </summary>
    public int MaxTableElements { get; init; } = 1_000_000;

    /// <summary>
    /// How many linear memories there can be, however small: each takes 8 GiB of the process's address space where guard pages are used,
    /// and there is room for two thousand.
    /// </summary>
    public int MaxMemories { get; init; } = 100;

    /// <summary>How many instances can be made. A component makes one for each of its core modules, a few at most.</summary>
    public int MaxInstances { get; init; } = 10_000;

    /// <summary>Stack the guests may use per entry, in bytes; never more than <see cref="EngineOptions.MaxStackBytes"/>.</summary>
    public int MaxStackBytes { get; init; } = int.MaxValue;

    /// <summary>Whom the store belongs to, if what it takes is bounded together with others of the same owner.</summary>
    public IStoreOwner? Owner { get; init; }
}

/// <summary>
/// The unit of isolation: instances that may share memories, tables and functions live in one store, and nothing crosses between
/// stores. Used by one thread at a time, except <see cref="Interrupt"/>, which any thread may call.
/// </summary>
// spec: syntax-store
public sealed unsafe class Store : IDisposable
{
    // Results beyond the first of one call; grows with the widest function type instantiated here.
    private const int InitialResultSlots = 16;

    private readonly Lock _gate = new();
    private readonly List<nint> _contexts = []; // guarded by _gate
    private readonly List<NativeBlock> _blocks = [];
    private readonly List<MemoryReservation> _reservations = [];
    private readonly List<GCHandle> _handles = [];
    private NativeBlock _results = new(8 * InitialResultSlots);
    private int _resultSlots = InitialResultSlots;
    private long _memoryBytes;
    private int _tableElements;
    private int _instances;
    private int _memories;
    private long _ownersBytes; // of memories and tables, taken from the owner
    private bool _isParked;
    private FaultCount? _user; // of the thread that uses the store
    private uint _faultsBefore;
    private int _depth;
    private nint _stackLimit;
    private bool _interrupted; // guarded by _gate
    private bool _disposed;

    /// <summary>Creates an empty store.</summary>
    public Store(Engine engine, StoreLimits? limits = null)
    {
        Engine = engine;
        Limits = limits ?? new StoreLimits();
        Exceptions = new ExceptionReferences(this);
    }

    /// <summary>The engine whose modules can be instantiated here.</summary>
    public Engine Engine { get; }

    /// <summary>What the instances may take.</summary>
    public StoreLimits Limits { get; }

    /// <summary>The exceptions guests refer to.</summary>
    internal ExceptionReferences Exceptions { get; }

    /// <summary>Whether a memory or table was refused growth because of <see cref="Limits"/>; tells a later trap's likely cause.</summary>
    public bool MemoryLimitHit { get; internal set; }

    /// <summary>Whether a memory or table was refused because of <see cref="StoreLimits.Owner"/>, whose stores take too much together.</summary>
    public bool OwnerRefusedMemory { get; private set; }

    /// <summary>Whether <see cref="StopForOwner"/> was called.</summary>
    public bool IsStoppedForOwner { get; private set; }

    /// <summary>Whether <see cref="Interrupt"/> was called.</summary>
    public bool IsInterrupted
    {
        get
        {
            lock (_gate)
            {
                return _interrupted;
            }
        }
    }

    /// <summary>
    /// Whether nothing happened that outlasts setting the instances back: no interrupt, no limit, no reference to an exception.
    /// </summary>
    public bool IsReusable => !_disposed && !IsInterrupted && !MemoryLimitHit && Exceptions.IsEmpty;

    /// <summary>
    /// Stops the guest: code that runs now or later in this store traps with <see cref="TrapCode.Interrupted"/> at its next loop
    /// iteration or guarded call. Cannot be undone. Thread-safe; harmless after disposal.
    /// </summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            _interrupted = true;
            foreach (var context in _contexts)
            {
                InterruptUnderLock(context);
            }
        }
    }

    /// <summary>Does what <see cref="Interrupt"/> does because the owner has no processor time left. Thread-safe; harmless after disposal.</summary>
    public void StopForOwner()
    {
        lock (_gate)
        {
            IsStoppedForOwner = true;
        }

        Interrupt();
    }

    /// <summary>
    /// Changes when pages of the memories may have been written that were not written before: when a use took page faults, and with whatever
    /// happens outside of a use.
    /// </summary>
    internal uint UnseenWrites { get; private set; }

    /// <summary>
    /// Guest code is about to run on this thread, or the host to write its memories. What happens between this and <see cref="EndUse"/> is
    /// told to the owner, and is set back at less cost.
    /// </summary>
    public void BeginUse()
    {
        Limits.Owner?.BeginUse(this);
        _user = FaultCount.OfThread;
        _faultsBefore = _user.Changes;
    }

    /// <summary>Guest code has ceased to run on the thread of <see cref="BeginUse"/>.</summary>
    public void EndUse()
    {
        if (_user != FaultCount.OfThread || !FaultCount.IsAvailable || _user.Look() != _faultsBefore)
        {
            UnseenWrites++;
        }

        _user = null;
        Limits.Owner?.EndUse(this);
    }

    /// <summary>
    /// The store waits for its next use: its memory is not counted as its owner's meanwhile. To be called when its memory was set back to
    /// an image, whose pages it shares with others.
    /// </summary>
    public void Park()
    {
        if (!_isParked)
        {
            _isParked = true;
            Limits.Owner?.ReturnMemory(_ownersBytes);
        }
    }

    /// <summary>Ends <see cref="Park"/>, for a new use; <see langword="false"/> when the owner has no room for the store's memory, which stays parked.</summary>
    public bool TryUnpark()
    {
        if (_isParked && Limits.Owner?.TryTakeMemory(_ownersBytes) == false)
        {
            return false;
        }

        _isParked = false;
        OwnerRefusedMemory = false;
        return true;
    }

    /// <summary>Frees all memories, tables and contexts. No guest code may be running.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        if (_depth != 0)
        {
            throw new InvalidOperationException("A store cannot be disposed while guest code runs in it.");
        }

        _disposed = true;
        Park();
        lock (_gate)
        {
            _contexts.Clear();
        }

        foreach (var handle in _handles)
        {
            handle.Free();
        }

        foreach (var reservation in _reservations)
        {
            reservation.Release();
        }

        foreach (var block in _blocks)
        {
            block.Dispose();
        }

        _results.Dispose();
    }

    /// <summary>Makes the context block of an instance or a host function; the header is filled, the rest is zero.</summary>
    internal NativeBlock CreateContext(int length, object owner)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var handle = GCHandle.Alloc(owner);
        _handles.Add(handle);
        var block = CreateBlock(length);
        block[ContextLayout.InstanceHandle] = GCHandle.ToIntPtr(handle);
        block[ContextLayout.Results] = _results.Address;
        lock (_gate)
        {
            _contexts.Add(block.Address);
            block[ContextLayout.StackLimit] = _stackLimit;
            if (_interrupted)
            {
                InterruptUnderLock(block.Address);
            }
        }

        return block;
    }

    internal NativeBlock CreateBlock(int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var block = new NativeBlock(length);
        _blocks.Add(block);
        return block;
    }

    internal MemoryReservation CreateReservation(bool mayGuard, nuint maxLength, nuint length, MemoryImage? image)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var reservation = MemoryReservation.Create(
            mayGuard && Engine.UsesGuardPages, maxLength, length, image, isPooled: Engine.Options.Allocation == MemoryAllocation.Pooled);
        _reservations.Add(reservation);
        return reservation;
    }

    /// <summary>Counts bytes of linear memory against the limit; refuses, and says so, when they do not fit.</summary>
    internal bool TryTakeMemory(long bytes)
    {
        if (bytes > Limits.MaxMemoryBytes - _memoryBytes)
        {
            MemoryLimitHit = true;
            return false;
        }

        if (!TryTakeFromOwner(bytes))
        {
            return false;
        }

        _memoryBytes += bytes;
        return true;
    }

    /// <summary>Counts bytes that stay taken until the store is disposed, such as a table's, as the owner's.</summary>
    internal bool TryTakeFromOwner(long bytes)
    {
        if (Limits.Owner is not { } owner)
        {
            return true;
        }

        if (!owner.TryTakeMemory(bytes))
        {
            MemoryLimitHit = true;
            OwnerRefusedMemory = true;
            return false;
        }

        _ownersBytes += bytes;
        return true;
    }

    /// <summary>Counts one more memory against the limit.</summary>
    /// <exception cref="TrapException">There are as many as there may be.</exception>
    internal void CountMemory()
    {
        if (_memories >= Limits.MaxMemories)
        {
            throw new TrapException(TrapCode.HostRefused, $"one more memory is above the limit of {Limits.MaxMemories}");
        }

        _memories++;
    }

    /// <summary>Gives back what <see cref="TryTakeMemory"/> took.</summary>
    internal void ReturnMemory(long bytes)
    {
        _memoryBytes -= bytes;
        if (Limits.Owner is { } owner)
        {
            owner.ReturnMemory(bytes);
            _ownersBytes -= bytes;
        }
    }

    /// <summary>Counts elements of tables against the limit; refuses, and says so, when they do not fit.</summary>
    internal bool TryTakeTableElements(ulong count)
    {
        if (count > (ulong)(Limits.MaxTableElements - _tableElements))
        {
            MemoryLimitHit = true;
            return false;
        }

        _tableElements += (int)count;
        return true;
    }

    /// <summary>Gives back what <see cref="TryTakeTableElements"/> took.</summary>
    internal void ReturnTableElements(long count) => _tableElements -= (int)count;

    /// <summary>Counts an instance against the limit.</summary>
    /// <exception cref="TrapException">There are as many as there may be.</exception>
    internal void TakeInstance()
    {
        if (_instances >= Limits.MaxInstances)
        {
            throw new TrapException(TrapCode.HostRefused, $"one more instance is above the limit of {Limits.MaxInstances}");
        }

        _instances++;
    }

    /// <summary>A memory is about to be written, perhaps outside of a use.</summary>
    internal void NoteWrite()
    {
        if (_user is null)
        {
            UnseenWrites++;
        }
    }

    /// <summary>Makes sure the result area holds that many slots.</summary>
    internal void EnsureResultSlots(int count)
    {
        if (count <= _resultSlots)
        {
            return;
        }

        // Nobody reads the old area any more: results are read right after the call that wrote them.
        _results.Dispose();
        _results = new NativeBlock(8 * count);
        _resultSlots = count;
        lock (_gate)
        {
            foreach (var context in _contexts)
            {
                *(nint*)(context + ContextLayout.Results) = _results.Address;
            }
        }
    }

    /// <summary>Enters guest code through an <c>enter</c> thunk and turns what comes out into the documented exceptions.</summary>
    internal void Enter(nint thunk, nint code, nint context, ulong* slots)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);

        // Inner entries keep the outer limit: they run on the same thread, further down the same stack.
        if (_depth++ == 0)
        {
            NoteWrite();
            SetStackLimit(ThreadStack.LimitFor(Math.Min(Engine.Options.MaxStackBytes, Limits.MaxStackBytes)));
        }

        try
        {
            ((delegate*<nint, nint, ulong*, void>)thunk)(code, context, slots);
        }
        catch (NullReferenceException fault)
        {
            // Safe to translate: host functions never let their own exceptions through unwrapped (HostBuiltins.Invoke).
            throw new TrapException(TrapCode.MemoryOutOfBounds, fault);
        }
        catch (DivideByZeroException fault)
        {
            throw new TrapException(TrapCode.IntegerDivideByZero, fault);
        }
        catch (OverflowException fault)
        {
            throw new TrapException(TrapCode.IntegerOverflow, fault);
        }
        catch (HostFunctionException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerException!);
        }
        finally
        {
            _depth--;
        }
    }

    private static void InterruptUnderLock(nint context)
    {
        Volatile.Write(ref *(nint*)(context + ContextLayout.StackLimit), nint.MaxValue);
        Volatile.Write(ref *(int*)(context + ContextLayout.Interrupt), 1);
    }

    private void SetStackLimit(nint limit)
    {
        if (limit == _stackLimit)
        {
            return;
        }

        lock (_gate)
        {
            _stackLimit = limit;
            if (_interrupted)
            {
                return;
            }

            foreach (var context in _contexts)
            {
                *(nint*)(context + ContextLayout.StackLimit) = limit;
            }
        }
    }
}
