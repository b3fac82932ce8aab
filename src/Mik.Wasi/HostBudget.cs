using Mik.Wasm.Runtime;

namespace Mik.Wasi;

/// <summary>
/// What a guest makes the host hold for it, against a limit: a guest's own memory is bounded, and it must not find more on the
/// host's side by never dropping what it asks for. Thread-safe.
/// </summary>
internal sealed class HostBudget(long limit)
{
    private long _used;

    public long Used => Interlocked.Read(ref _used);

    /// <exception cref="TrapException">The guest holds too much.</exception>
    public void Take(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) > limit)
        {
            throw new TrapException(TrapCode.HostRefused, $"the guest makes the host hold more than {limit} bytes for it");
        }
    }

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
