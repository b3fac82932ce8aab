namespace Mik.Wasm.Runtime;

/// <summary>How much the instances of one store may take together.</summary>
public sealed record StoreLimits
{
    /// <summary>Largest size of each linear memory, in bytes. Growth beyond it is refused to the guest (<c>memory.grow</c> is -1).</summary>
    public long MaxMemoryBytes { get; init; } = 4L << 30;

    /// <summary>Largest size of each table, in elements.</summary>
    public int MaxTableElements { get; init; } = 1_000_000;
}

/// <summary>
/// The unit of isolation: instances that may share memories, tables and functions live in one store, and nothing crosses between
/// stores. Used by one thread at a time, except <see cref="Interrupt"/>, which any thread may call.
/// </summary>
public sealed class Store : IDisposable
{
    /// <summary>Creates an empty store.</summary>
    public Store(Engine engine, StoreLimits? limits = null)
    {
        Engine = engine;
        Limits = limits ?? new StoreLimits();
    }

    /// <summary>The engine whose modules can be instantiated here.</summary>
    public Engine Engine { get; }

    /// <summary>What the instances may take.</summary>
    public StoreLimits Limits { get; }

    /// <summary>Whether a memory or table was refused growth because of <see cref="Limits"/>; tells a later trap's likely cause.</summary>
    public bool MemoryLimitHit => throw new NotImplementedException();

    /// <summary>
    /// Stops the guest: code that runs now or later in this store traps with <see cref="TrapCode.Interrupted"/> at its next loop
    /// iteration or guarded call. Cannot be undone. Thread-safe.
    /// </summary>
    public void Interrupt() => throw new NotImplementedException();

    /// <summary>Frees all memories, tables and contexts. No guest code may be running.</summary>
    public void Dispose() => throw new NotImplementedException();
}
