using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>A component with its imports matched, ready to be instantiated any number of times. Immutable and thread-safe.</summary>
public sealed class ComponentPre
{
    private readonly Dictionary<string, string> _exportsByTrack = new(StringComparer.Ordinal);

    internal ComponentPre(Component component, ComponentPlan plan)
    {
        Component = component;
        Plan = plan;
        foreach (var name in component.Exports)
        {
            _exportsByTrack.TryAdd(InterfaceVersion.TrackName(name), name);
        }
    }

    /// <summary>The component.</summary>
    public Component Component { get; }

    internal ComponentPlan Plan { get; }

    /// <summary>
    /// The exact name under which the component exports an interface compatible with <paramref name="name"/> (the version's patch
    /// does not matter), or <see langword="null"/>.
    /// </summary>
    public string? FindExport(string name) =>
        Plan.Exports.ContainsKey(name) ? name : _exportsByTrack.GetValueOrDefault(InterfaceVersion.TrackName(name));

    /// <summary>The signature of an exported function, so that it can be checked before there is an instance.</summary>
    /// <param name="interfaceName">The interface, matched by semantic version; <see langword="null"/> for the root.</param>
    /// <param name="name">The function.</param>
    /// <returns><see langword="null"/> when there is no such function.</returns>
    public ComponentFuncType? FindFuncType(string? interfaceName, string name) => FindFunc(interfaceName, name)?.Type;

    /// <summary>Creates an instance; guest code may run.</summary>
    /// <param name="store">A fresh store; it then belongs to the instance.</param>
    /// <param name="state">Passed to every host function.</param>
    /// <exception cref="TrapException">Guest code trapped.</exception>
    public ComponentInstance Instantiate(Store store, object? state)
    {
        var instance = new ComponentInstance(this, store, state);
        try
        {
            instance.Initialize();
            return instance;
        }
        catch
        {
            try
            {
                instance.Dispose();
            }
            catch (TrapException)
            {
                // Dropping what is left may break rules a second time; what stopped the guest first is what counts.
            }

            throw;
        }
    }

    internal FuncItem? FindFunc(string? interfaceName, string name)
    {
        var exports = Plan.Exports;
        if (interfaceName is not null)
        {
            if (FindExport(interfaceName) is not { } exact || exports[exact] is not InstanceItem instance)
            {
                return null;
            }

            exports = instance.Exports;
        }

        return exports.GetValueOrDefault(name) as FuncItem;
    }
}
