using System.Runtime.ExceptionServices;
using Mik.Components.CanonicalAbi;
using Mik.Components.Linking;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Runtime;

/// <summary>One instantiation of a component. Used by one thread at a time. After a trap nothing in it can be called again.</summary>
public sealed class ComponentInstance : IDisposable
{
    private readonly ComponentPre _pre;
    private readonly Extern?[] _externs;
    private readonly Instance?[] _coreInstances;
    private readonly GuestInstance[] _guests;
    private readonly Stack<LiftLowerContext> _idleSides = new(); // as many as calls were nested
    private InstanceCheckpoint?[]? _start;
    private bool _hasAskedHost;
    private bool _isPoisoned;
    private bool _isDisposed;

    internal ComponentInstance(ComponentPre pre, Store store, object? state)
    {
        _pre = pre;
        Store = store;
        State = state;
        var plan = pre.Plan;
        _externs = new Extern?[plan.ExternCount];
        _coreInstances = new Instance?[plan.CoreInstanceCount];
        _guests = new GuestInstance[plan.GuestInstanceCount];
        for (var i = 0; i < _guests.Length; i++)
        {
            _guests[i] = new GuestInstance(i);
        }
    }

    /// <summary>Where the instance lives.</summary>
    public Store Store { get; }

    /// <summary>What was given to <see cref="ComponentPre.Instantiate"/>.</summary>
    internal object? State { get; set; }

    /// <summary>Where the core instances started, once <see cref="KeepStart"/> was called.</summary>
    internal InstanceCheckpoint?[]? Start => _start;

    /// <summary>Whether <see cref="GoBackToStart"/> would leave the instance as it was made.</summary>
    internal bool CanGoBack => _start is not null && !_isPoisoned && !_isDisposed && Store.IsReusable;

    /// <summary>A function the component exports at its root, or in an exported interface (matched by semantic version).</summary>
    /// <param name="interfaceName">The interface, such as <c>wasi:http/incoming-handler@0.2.0</c>; <see langword="null"/> for the root.</param>
    /// <param name="name">The function.</param>
    /// <returns><see langword="null"/> when there is no such function.</returns>
    public ComponentFunc? GetFunc(string? interfaceName, string name) =>
        _pre.FindFunc(interfaceName, name) is { } function ? new ComponentFunc(this, function) : null;

    /// <summary>Drops the host resources the guest still owns and disposes the store.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            DropHandles();
        }
        finally
        {
            Store.Dispose();
        }
    }

    /// <summary>
    /// Remembers the present state as the one to go back to, if it is the same for every instance: not where the guest asked the host for
    /// anything while it started, such as the time or randomness.
    /// </summary>
    /// <param name="twin">The start of another instance of the component, to share memory with.</param>
    internal void KeepStart(InstanceCheckpoint?[]? twin)
    {
        if (!_hasAskedHost && !Array.Exists(_guests, static guest => guest.HasHandles))
        {
            _start = new InstanceCheckpoint?[_coreInstances.Length];
            for (var i = 0; i < _start.Length; i++)
            {
                _start[i] = _coreInstances[i]?.Checkpoint(twin?[i]);
            }
        }
    }

    /// <summary>
    /// Drops the host resources the guest still owns, and sets everything back to the start. Only where <see cref="CanGoBack"/>; after an
    /// exception the instance is of no more use.
    /// </summary>
    internal void GoBackToStart()
    {
        _isPoisoned = true;
        DropHandles();
        State = null;
        for (var i = 0; i < _start!.Length; i++)
        {
            if (_start[i] is { } checkpoint)
            {
                _coreInstances[i]!.Restore(checkpoint);
            }
        }

        _isPoisoned = false;
    }

    /// <summary>A host function was called.</summary>
    internal void AskHost() => _hasAskedHost = true;

    /// <summary>Runs the plan; guest code may run.</summary>
    internal void Initialize()
    {
        _isPoisoned = true;
        foreach (var step in _pre.Plan.Steps)
        {
            step.Run(this);
        }

        _isPoisoned = false;
    }

    internal void CheckUsable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isPoisoned)
        {
            throw new TrapException(TrapCode.HostRefused, "cannot enter component instance: it trapped or failed before");
        }
    }

    internal void Poison() => _isPoisoned = true;

    internal GuestInstance Guest(int index) => _guests[index];

    internal Func CoreFunc(int slot) => (Func)_externs[slot]!;

    internal Extern Extern(int slot) => _externs[slot]!;

    internal void SetExtern(int slot, Extern value) => _externs[slot] = value;

    internal Instance CoreInstance(int slot) => _coreInstances[slot]!;

    internal void SetCoreInstance(int slot, Instance value) => _coreInstances[slot] = value;

    /// <summary>One side of a call that begins; <see cref="EndSide"/> ends it. What a call leaves behind that fails is of no use any more.</summary>
    internal LiftLowerContext BeginSide(CanonicalOptions options, int instance, BorrowScope? scope, bool isForHost)
    {
        var side = _idleSides.TryPop(out var idle) ? idle : new LiftLowerContext();
        side.Begin(
            options.Memory < 0 ? null : (Memory)_externs[options.Memory]!,
            options.Realloc < 0 ? null : (Func)_externs[options.Realloc]!,
            options.Encoding,
            _guests[instance],
            scope,
            isForHost);
        return side;
    }

    /// <summary>A call has ended well, and with it what was lent to it.</summary>
    internal void EndSide(LiftLowerContext side)
    {
        side.End();
        _idleSides.Push(side);
    }

    // cabi: ComponentInstance.enter_from
    internal void Enter(ReadOnlySpan<int> instances)
    {
        foreach (var index in instances)
        {
            if (!_guests[index].MayEnter)
            {
                throw new TrapException(TrapCode.HostRefused, "cannot enter component instance: a call of it is under way");
            }
        }

        foreach (var index in instances)
        {
            _guests[index].MayEnter = false;
        }
    }

    // cabi: ComponentInstance.leave_to
    internal void Leave(ReadOnlySpan<int> instances)
    {
        foreach (var index in instances)
        {
            _guests[index].MayEnter = true;
        }
    }

    private void DropHandles()
    {
        Exception? failure = null;
        foreach (var guest in _guests)
        {
            if (guest.HasHandles)
            {
                while (guest.Handles.TryRemoveLastOwned(out var handle))
                {
                    failure = Drop(handle) ?? failure;
                }
            }
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static Exception? Drop(in ResourceHandle handle)
    {
        if (handle.Resource is not HostResourceType { Drop: { } drop })
        {
            return null;
        }

        try
        {
            drop(handle.Object!);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
