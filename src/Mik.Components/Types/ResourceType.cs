namespace Mik.Components.Types;

/// <summary>A resource type. Two are the same only if they are the same object.</summary>
/// <param name="name">The resource's name in WIT, for messages.</param>
public class ResourceType(string name)
{
    /// <summary>The resource's name in WIT.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>
/// A resource that the host implements: each handle stands for an object of the host. Shared by all stores.
/// </summary>
/// <param name="name">The resource's name in WIT.</param>
/// <param name="drop">
/// Runs when the guest drops an owned handle, or when its store is disposed while it still owns one; <see langword="null"/> when
/// there is nothing to release.
/// </param>
public sealed class HostResourceType(string name, Action<object>? drop = null) : ResourceType(name)
{
    /// <summary>Runs when the last owner lets go.</summary>
    public Action<object>? Drop { get; } = drop;
}
