using System.Collections.Concurrent;
using Mik.Scripting.Modules;
using Mik.Wasm.Runtime;

namespace Mik.Scripting.Execution;

/// <summary>
/// The virtual machines of one script. Each is used by one run at a time and set back to the loaded script before the next; one whose
/// run went wrong is thrown away.
/// </summary>
internal sealed class ScriptInstances(Module quickJs, ScriptModules modules, ScriptHostOptions options, ScriptVmImage image) : IDisposable
{
    // A machine is held while its script waits for handlers, so many more are in use than there are processors; making one costs
    // fifty times a reset. An idle one keeps at most 1 MiB of touched pages, and a few hundred KiB as a rule.
    private const int MaxIdle = 128;

    // Last in, first out: the machine used last has its pages in the processor's caches.
    private readonly ConcurrentStack<ScriptVm> _idle = new();
    private int _idleCount;
    private volatile bool _isDisposed;

    public ScriptVm Rent()
    {
        if (!_idle.TryPop(out var vm))
        {
            return new ScriptVm(quickJs, modules, options, image);
        }

        Interlocked.Decrement(ref _idleCount);
        return vm;
    }

    /// <summary>Takes a machine back.</summary>
    /// <param name="vm">The machine; its run is over.</param>
    /// <param name="isIntact">Whether its run ended between entries: not by a trap, an interrupt or a limit.</param>
    public void Return(ScriptVm vm, bool isIntact)
    {
        vm.Run = null;
        if (!isIntact || vm.Store.IsInterrupted || Volatile.Read(ref _idleCount) >= MaxIdle || _isDisposed)
        {
            vm.Dispose();
            return;
        }

        vm.Restore(image);
        Interlocked.Increment(ref _idleCount);
        _idle.Push(vm);
        if (_isDisposed)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryPop(out var vm))
        {
            Interlocked.Decrement(ref _idleCount);
            vm.Dispose();
        }
    }
}
