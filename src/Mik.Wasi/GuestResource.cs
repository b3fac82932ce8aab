using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Wasi;

/// <summary>
/// A host object the guest holds a handle to. WIT lets some resources be children of others; a parent that goes away, or changes
/// hands, before its children is a trap. Single-threaded by the store, except where a subclass says otherwise.
/// </summary>
internal abstract class GuestResource
{
    // About what a resource, its handle and what hangs on it take; timers and tasks are the heaviest.
    private const int OwnBytes = 512;

    private int _children;
    private long _charged;
    private bool _released;

    protected GuestResource(WasiContext context, GuestResource? parent = null)
    {
        Context = context;
        Parent = parent;
        Charge(OwnBytes);
        if (parent is not null)
        {
            parent._children++;
        }
    }

    public WasiContext Context { get; }

    private GuestResource? Parent { get; set; }

    /// <summary>The type for a resource whose drop is <see cref="Drop"/>.</summary>
    public static HostResourceType TypeOf(string name) => new(name, static resource => ((GuestResource)resource).Drop());

    /// <summary>The guest let go, or its store ended.</summary>
    public void Drop()
    {
        if (Release())
        {
            OnDrop();
        }
    }

    /// <summary>The guest handed ownership to the host: the handle is gone, what it stood for lives on.</summary>
    public void Take() => Release();

    public ComponentValue ToValue() => ComponentValue.Resource(this);

    /// <summary>Counts what the resource makes the host hold beyond itself; negative when it lets go. All of it is returned in the end.</summary>
    /// <exception cref="TrapException">The guest holds too much.</exception>
    protected void Charge(long bytes)
    {
        _charged += bytes;
        Context.Budget.Take(bytes);
    }

    /// <summary>Frees what the resource stands for.</summary>
    protected virtual void OnDrop()
    {
    }

    private bool Release()
    {
        if (_released)
        {
            return false;
        }

        // When the store ends everything is dropped in no particular order, so the rule only holds while the guest runs.
        if (_children > 0 && !Context.IsClosed)
        {
            throw new TrapException(TrapCode.HostRefused, $"a {GetType().Name} was given up while something made from it is still alive");
        }

        _released = true;
        Context.Budget.Return(_charged);
        if (Parent is { } parent)
        {
            parent._children--;
            Parent = null;
        }

        return true;
    }
}
