using Mik.Components.CanonicalAbi;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Components.Linking;

/// <summary>
/// What instantiating a component comes down to once all names, types and nested components are resolved: a list of steps over
/// numbered slots. Immutable.
/// </summary>
internal sealed class ComponentPlan
{
    public required InstantiationStep[] Steps { get; init; }

    /// <summary>Slots for core functions, memories, tables and globals.</summary>
    public required int ExternCount { get; init; }

    public required int CoreInstanceCount { get; init; }

    /// <summary>Component instances: the component's own and those of the components inside it.</summary>
    public required int GuestInstanceCount { get; init; }

    public required IReadOnlyDictionary<string, Item> Exports { get; init; }
}

internal abstract class InstantiationStep
{
    public abstract void Run(ComponentInstance instance);
}

internal sealed class InstantiateModuleStep(Module module, int[] imports, int coreInstance) : InstantiationStep
{
    public override void Run(ComponentInstance instance)
    {
        var externs = new Extern[imports.Length];
        for (var i = 0; i < externs.Length; i++)
        {
            externs[i] = instance.Extern(imports[i]);
        }

        instance.SetCoreInstance(coreInstance, module.InstantiateContained(instance.Store, externs));
    }
}

internal sealed class ExtractExportStep(int coreInstance, string name, int slot) : InstantiationStep
{
    public override void Run(ComponentInstance instance) =>
        instance.SetExtern(slot, instance.CoreInstance(coreInstance).GetExport(name)!);
}

internal sealed class TrampolineStep(Trampoline trampoline, int slot) : InstantiationStep
{
    public override void Run(ComponentInstance instance) => instance.SetExtern(
        slot,
        Func.FromHost(instance.Store, trampoline.Type, (arguments, results) => trampoline.Call(instance, arguments, results)));
}
