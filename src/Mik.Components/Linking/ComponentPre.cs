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
            instance.Dispose();
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
