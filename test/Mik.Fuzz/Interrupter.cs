namespace Mik.Fuzz;

/// <summary>Stops whatever runs for longer than a moment: most mutants that loop do so for ever.</summary>
internal sealed class Interrupter : IDisposable
{
    private const int Milliseconds = 25;

    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private Action? _interrupt; // guarded by _gate

    public Interrupter() => _timer = new Timer(static self => ((Interrupter)self!).Fire(), this, Timeout.Infinite, Timeout.Infinite);

    /// <summary>Calls an action soon, unless what is returned was disposed before. One at a time.</summary>
    public Watched Watch(Action interrupt)
    {
        lock (_gate)
        {
            _interrupt = interrupt;
            _timer.Change(Milliseconds, Timeout.Infinite);
        }

        return new Watched(this);
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        lock (_gate)
        {
            _interrupt?.Invoke();
            _interrupt = null;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _interrupt = null;
        }
    }

    public readonly struct Watched(Interrupter owner) : IDisposable
    {
        public void Dispose() => owner.End();
    }
}
