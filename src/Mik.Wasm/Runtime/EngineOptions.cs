using Mik.Wasm.Caching;

namespace Mik.Wasm.Runtime;

/// <summary>How loads and stores are kept inside linear memory.</summary>
public enum MemoryBounds
{
    /// <summary>Guard pages where the start-up self-test passes, otherwise explicit checks.</summary>
    Automatic,

    /// <summary>Addresses can only reach reserved, inaccessible pages; the fault becomes a trap. No check is emitted.</summary>
    GuardPages,

    /// <summary>Every access is compared with the memory's length.</summary>
    ExplicitChecks,
}

/// <summary>Where the memories of instances come from.</summary>
public enum MemoryAllocation
{
    /// <summary>From those of earlier instances, cleaned and with their pages in place. Memories without guard pages are made anew.</summary>
    Pooled,

    /// <summary>Anew from the system, and back to it afterwards: slower, and nothing waits in memory.</summary>
    OnDemand,
}

/// <summary>What an <see cref="Engine"/> compiles for. Immutable.</summary>
public sealed record EngineOptions
{
    /// <summary>How memory accesses are bounded. <see cref="MemoryBounds.Automatic"/> suits everyone but tests.</summary>
    public MemoryBounds MemoryBounds { get; init; } = MemoryBounds.Automatic;

    /// <summary>Where memories come from.</summary>
    public MemoryAllocation Allocation { get; init; } = MemoryAllocation.Pooled;

    /// <summary>
    /// Whether compiled code can be unloaded when its module is collected. Unloadable code starts slower and never tiers up, so
    /// it is for development and for modules that come and go.
    /// </summary>
    public bool Unloadable { get; init; }

    /// <summary>What modules may use beyond WebAssembly 2.0; everything the engine implements when not said otherwise.</summary>
    public WasmFeatures Features { get; init; } = WasmFeatures.All;

    /// <summary>
    /// Where machine code is kept for the next start; nowhere by default. Unloadable code is never kept: the runtime ignores machine code that it
    /// could have to unload.
    /// </summary>
    public CodeCache? Cache { get; init; }

    /// <summary>Stack the guest may use per entry, in bytes. 1 MiB is far above what compiled programs need.</summary>
    public int MaxStackBytes { get; init; } = 1024 * 1024;
}
