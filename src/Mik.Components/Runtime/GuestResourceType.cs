using Mik.Components.Types;

namespace Mik.Components.Runtime;

/// <summary>A resource that a component instance implements. Which instance is known before anything is instantiated.</summary>
/// <param name="name">What to call it in messages.</param>
/// <param name="path">The instance that made it, and those that instantiated that one.</param>
/// <param name="destructor">Slot of the core function that destroys one; negative when there is none.</param>
// cabi: ResourceType
internal sealed class GuestResourceType(string name, int[] path, int destructor) : ResourceType(name)
{
    public int[] Path { get; } = path;

    /// <summary>The instance that may see the representation.</summary>
    public int Instance => Path[0];

    public int Destructor { get; } = destructor;
}
