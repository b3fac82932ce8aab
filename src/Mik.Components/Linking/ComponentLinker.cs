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
    private readonly Dictionary<string, HostInterface> _interfaces = new(StringComparer.Ordinal);

    // By name without what does not matter for compatibility; the newest where there are several.
    private readonly Dictionary<string, HostInterface> _newest = new(StringComparer.Ordinal);

    /// <summary>What components import under plain names, outside any interface.</summary>
    public HostInterface Root { get; } = new("");

    /// <summary>Starts or continues the interface of that name, such as <c>wasi:io/poll@0.2.12</c>.</summary>
    public HostInterface Interface(string name)
    {
        if (_interfaces.TryGetValue(name, out var known))
        {
            return known;
        }

        var made = new HostInterface(name);
        _interfaces.Add(name, made);
        var track = InterfaceVersion.TrackName(name);
        if (!_newest.TryGetValue(track, out var other) || InterfaceVersion.Of(name).CompareTo(InterfaceVersion.Of(other.Name)) > 0)
        {
            _newest[track] = made;
        }

        return made;
    }

    /// <summary>Matches all imports of a component: everything that can be checked once is checked here.</summary>
    /// <param name="component">The component.</param>
    /// <param name="metricName">What <see cref="ComponentMetrics"/> calls it; the component's name by default.</param>
    /// <exception cref="LinkException">Imports are missing or have other types; all of them are named in the message.</exception>
    public ComponentPre Prepare(Component component, string? metricName = null)
    {
        var imports = new ImportMatcher(this, component).Match();
        return new ComponentPre(component, new ComponentTranslator(component).Translate(imports), metricName ?? component.Name);
    }

    internal HostInterface? Find(string name) =>
        _interfaces.GetValueOrDefault(name) ?? _newest.GetValueOrDefault(InterfaceVersion.TrackName(name));
}
