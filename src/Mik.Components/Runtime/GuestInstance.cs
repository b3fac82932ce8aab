using Mik.Wasm.Runtime;

namespace Mik.Components.Runtime;

/// <summary>The state of one component instance, of which a composed component has several. Single-threaded.</summary>
// cabi: ComponentInstance
internal sealed class GuestInstance(int index)
{
    private HandleTable? _handles;

    /// <summary>Which of the component's instances it is.</summary>
    public int Index { get; } = index;

    public HandleTable Handles => _handles ??= new HandleTable();

    public bool HasHandles => _handles is not null;

    /// <summary>Whether calls may go out: not while its allocator or clean-up function runs.</summary>
    public bool MayLeave { get; set; } = true;

    /// <summary>Whether calls may come in: not while one is under way.</summary>
    public bool MayEnter { get; set; } = true;

    public void CheckMayLeave()
    {
        if (!MayLeave)
        {
            throw new TrapException(TrapCode.HostRefused, "cannot leave component instance: a call out of realloc or post-return");
        }
    }
}
