namespace Mik.Wasm.Runtime;

/// <summary>The system has no memory or address space left for a guest. Not the guest's doing: its limits were not reached.</summary>
public sealed class ResourceExhaustedException(string message) : Exception(message);
