using Mik.Scripting.Modules;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.Execution;

/// <summary>
/// The virtual machines of one script. Each is used by one run at a time and set back to the loaded script before the next; one whose
/// run went wrong is thrown away.
/// </summary>
internal sealed class ScriptInstances(
    Module quickJs, ScriptModules modules, ScriptHostOptions options, ScriptVmImage image, IStoreOwner? owner = null) : IDisposable
{
    // A machine is held while its script waits for handlers, so many more are in use than there are processors; making one costs
    // many times a reset. An idle one keeps at most 1 MiB of touched pages, and a few hundred KiB as a rule.
    private const int MaxIdle = 128;

    // Idle machines are in nobody's account. One owner of many scripts must not keep hundreds of them waiting.
    private const int MaxIdleOfOwner = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IdlePool<ScriptVm> _idle = new(owner is null ? MaxIdle : MaxIdleOfOwner, Patience, options.TimeProvider, static vm => vm.Dispose());

    /// <summary>A machine for one run.</summary>
    /// <param name="isWarm">Whether an earlier run left it.</param>
    /// <exception cref="ScriptException">The owner has no memory left for it.</exception>
    public ScriptVm Rent(out bool isWarm)
    {
        var idle = _idle.TryTake();
        isWarm = idle is not null;
        if (idle is null)
        {
            return Create();
        }

        if (idle.Store.TryUnpark())
        {
            return idle;
        }

        idle.Dispose();
        throw ScriptFailures.OwnerMemoryLimit();
    }

    /// <summary>Takes a machine back.</summary>
    /// <param name="vm">The machine; its run is over.</param>
    /// <param name="isIntact">Whether its run ended between entries: not by a trap, an interrupt or a limit.</param>
    public void Return(ScriptVm vm, bool isIntact)
    {
        vm.Run = null;
        if (!isIntact || vm.Store.IsInterrupted || !_idle.HasRoom)
        {
            vm.Dispose();
            return;
        }

        vm.Restore(image);
        vm.Store.Park();
        _idle.Return(vm);
    }

    public void Dispose() => _idle.Dispose();

    private ScriptVm Create()
    {
        try
        {
            return new ScriptVm(quickJs, modules, options, image, owner);
        }
        catch (TrapException refused) when (owner is not null && refused.Code == TrapCode.HostRefused)
        {
            throw ScriptFailures.OwnerMemoryLimit();
        }
    }
}
