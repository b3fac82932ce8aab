using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>A component with its imports matched, ready to be instantiated any number of times. Immutable and thread-safe.</summary>
public sealed class ComponentPre : IDisposable
{
    // For all components together. An idle instance keeps at most 1 MiB of touched pages for each memory, and 100 KiB as a rule.
    private const int MaxIdle = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static int _idleEverywhere;

    private readonly Dictionary<string, string> _exportsByTrack = new(StringComparer.Ordinal);
    private readonly IdlePool<ComponentInstance> _idle = new(MaxIdle, Patience, TimeProvider.System, LetGo);
    private readonly string _metricName;
    private InstanceCheckpoint?[]? _start; // of the first instance that has one

    internal ComponentPre(Component component, ComponentPlan plan, string metricName)
    {
        _metricName = metricName;
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
        ComponentMetrics.InstanceTaken(_metricName, isWarm: false);
        var instance = new ComponentInstance(this, store, state);
        try
        {
            instance.Initialize();
            instance.KeepStart(_start);
            _start ??= instance.Start;
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

    /// <summary>
    /// An idle instance, set back to how <see cref="Instantiate"/> made it. <see langword="null"/> when none
    /// is there, or none in a store with those limits whose owner has the memory for it.
    /// </summary>
    /// <param name="limits">The limits its store must have.</param>
    /// <param name="state">Passed to every host function.</param>
    public ComponentInstance? TryTakeIdle(StoreLimits limits, object? state)
    {
        if (_idle.TryTake() is not { } instance)
        {
            return null;
        }

        Interlocked.Decrement(ref _idleEverywhere);
        if (instance.Store.Limits != limits || !instance.Store.TryUnpark())
        {
            instance.Dispose();
            return null;
        }

        ComponentMetrics.InstanceTaken(_metricName, isWarm: true);
        instance.State = state;
        return instance;
    }

    /// <summary>
    /// Takes an instance back whose use is over: it is set back to its start and waits for the next, or is disposed where that is not possible,
    /// such as after a trap.
    /// </summary>
    public void Return(ComponentInstance instance)
    {
        if (instance.CanGoBack && Volatile.Read(ref _idleEverywhere) < MaxIdle)
        {
            try
            {
                instance.GoBackToStart();
                instance.Store.Park();
                Interlocked.Increment(ref _idleEverywhere);
                _idle.Return(instance);
                return;
            }
            catch
            {
                instance.Dispose();
                throw;
            }
        }

        instance.Dispose();
    }

    /// <summary>Lets go of idle instances, now and later. Those in use go on, and new ones can be made.</summary>
    public void Dispose() => _idle.Dispose();

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

    // Never throws, as timers call it: an idle instance holds nothing of the host's.
    private static void LetGo(ComponentInstance instance)
    {
        Interlocked.Decrement(ref _idleEverywhere);
        instance.Dispose();
    }
}
