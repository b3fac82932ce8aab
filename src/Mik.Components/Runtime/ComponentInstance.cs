using Mik.Components.Types;

namespace Mik.Components.Runtime;

/// <summary>One instantiation of a component. Used by one thread at a time. After a trap nothing in it can be called again.</summary>
public sealed class ComponentInstance : IDisposable
{
    /// <summary>A function the component exports at its root, or in an exported interface (matched by semantic version).</summary>
    /// <param name="interfaceName">The interface, such as <c>wasi:http/incoming-handler@0.2.0</c>; <see langword="null"/> for the root.</param>
    /// <param name="name">The function.</param>
    /// <returns><see langword="null"/> when there is no such function.</returns>
    public ComponentFunc? GetFunc(string? interfaceName, string name) => throw new NotImplementedException();

    /// <summary>Drops the host resources the guest still owns and disposes the store.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>An exported function.</summary>
public sealed class ComponentFunc
{
    /// <summary>Its signature.</summary>
    public ComponentFuncType Type => throw new NotImplementedException();

    /// <summary>Calls it: lowers the arguments, runs the guest, lifts the result, runs post-return.</summary>
    /// <exception cref="Wasm.Runtime.TrapException">The guest trapped.</exception>
    public ComponentValue Call(params ReadOnlySpan<ComponentValue> arguments) => throw new NotImplementedException();
}
