using Mik.Wasm.Runtime;

namespace Mik.Wasi.Io;

/// <summary>
/// The one thing a guest's thread sleeps on. Whatever may end a wait signals it, and the sleeper then looks for itself whether
/// its condition holds: a signal too many costs a look, and nothing has to be registered or withdrawn. One thread waits, any
/// thread signals.
/// </summary>
internal sealed class WakeUp(WasiContext context)
{
    // A monitor, because Lock cannot be waited on.
    private readonly object _gate = new();
    private bool _signaled; // guarded by _gate
    private bool _sleeps; // guarded by _gate

    public void Signal()
    {
        lock (_gate)
        {
            _signaled = true;
            if (_sleeps)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Sleeps until <paramref name="isDone"/> holds.</summary>
    /// <param name="state">Passed to both functions.</param>
    /// <param name="isDone">The condition.</param>
    /// <param name="arm">Runs before each sleep: makes sure that something will signal.</param>
    /// <exception cref="TrapException">The wait was cancelled.</exception>
    public void WaitUntil<T>(T state, Func<T, bool> isDone, Action<T>? arm = null)
    {
        if (isDone(state))
        {
            return;
        }

        using var registration = context.Cancellation.UnsafeRegister(static self => ((WakeUp)self!).Signal(), this);
        while (true)
        {
            lock (_gate)
            {
                _signaled = false;
            }

            if (context.Cancellation.IsCancellationRequested)
            {
                throw new TrapException(TrapCode.Interrupted);
            }

            arm?.Invoke(state);
            if (isDone(state))
            {
                return;
            }

            Sleep();
        }
    }

    private void Sleep()
    {
        context.OnSleep();
        lock (_gate)
        {
            _sleeps = true;
            while (!_signaled)
            {
                Monitor.Wait(_gate);
            }

            _sleeps = false;
        }

        context.OnAwake();
    }
}
