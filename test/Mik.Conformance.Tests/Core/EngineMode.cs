using Mik.Wasm.Runtime;

namespace Mik.Conformance.Tests.Core;

/// <summary>How an engine holds memories.</summary>
public enum EngineMode
{
    /// <summary>Guard pages, memories that wait for their next instance.</summary>
    GuardPagesPooled,

    /// <summary>Guard pages, a fresh memory for every instance.</summary>
    GuardPagesOnDemand,

    /// <summary>Every access is compared; such memories are always fresh.</summary>
    ExplicitChecks,
}

internal static class EngineModes
{
    public static EngineOptions Options(this EngineMode mode) => new()
    {
        MemoryBounds = mode == EngineMode.ExplicitChecks ? MemoryBounds.ExplicitChecks : MemoryBounds.GuardPages,
        Allocation = mode == EngineMode.GuardPagesPooled ? MemoryAllocation.Pooled : MemoryAllocation.OnDemand,
    };
}
