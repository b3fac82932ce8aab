using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>
/// A host function. A guest-visible error is an ordinary return value (<see cref="ComponentValue.Error(ComponentValue)"/>); to stop
/// the guest throw <see cref="TrapException"/>; any other exception is the host's own failure and passes through the guest
/// unchanged. Owned handles among the arguments belong to the host from then on.
/// </summary>
/// <param name="state">What was given to <see cref="ComponentPre.Instantiate"/>.</param>
/// <param name="arguments">One per parameter.</param>
/// <returns>The result; <see langword="default"/> for a function without one.</returns>
public delegate ComponentValue HostFunction(object? state, ReadOnlySpan<ComponentValue> arguments);

/// <summary>
/// The host's interfaces, ready to be matched with what components import. Names match by semantic version: a definition for
/// <c>wasi:io/poll@0.2.12</c> serves every import <c>wasi:io/poll@0.2.x</c>. Not thread-safe while being filled; then immutable.
/// </summary>
public sealed class ComponentLinker
{
    /// <summary>Starts or continues the interface of that name, such as <c>wasi:io/poll@0.2.12</c>.</summary>
    public HostInterface Interface(string name) => throw new NotImplementedException();

    /// <summary>Matches all imports of a component: everything that can be checked once is checked here.</summary>
    /// <exception cref="LinkException">Imports are missing or have other types; all of them are named in the message.</exception>
    public ComponentPre Prepare(Component component) => throw new NotImplementedException();
}

/// <summary>One interface of the host.</summary>
public sealed class HostInterface
{
    /// <summary>Defines a resource the interface exports.</summary>
    public HostInterface Resource(ResourceType type) => throw new NotImplementedException();

    /// <summary>Defines a function; methods carry WIT's names, such as <c>[method]pollable.block</c>.</summary>
    public HostInterface Func(string name, ComponentFuncType type, HostFunction function) => throw new NotImplementedException();
}

/// <summary>A component with its imports matched, ready to be instantiated any number of times. Immutable and thread-safe.</summary>
public sealed class ComponentPre
{
    /// <summary>The component.</summary>
    public Component Component => throw new NotImplementedException();

    /// <summary>
    /// The exact name under which the component exports an interface compatible with <paramref name="name"/> (the version's patch
    /// does not matter), or <see langword="null"/>.
    /// </summary>
    public string? FindExport(string name) => throw new NotImplementedException();

    /// <summary>Creates an instance; guest code may run.</summary>
    /// <param name="store">A fresh store; it then belongs to the instance.</param>
    /// <param name="state">Passed to every host function.</param>
    /// <exception cref="TrapException">Guest code trapped.</exception>
    public ComponentInstance Instantiate(Store store, object? state) => throw new NotImplementedException();
}
