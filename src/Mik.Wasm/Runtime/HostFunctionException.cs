namespace Mik.Wasm.Runtime;

/// <summary>
/// Carries a host function's own exception through guest frames, so that no <see cref="NullReferenceException"/> of the host is taken
/// for a guest's. Never leaves the engine: <see cref="Store"/> unwraps it.
/// </summary>
internal sealed class HostFunctionException(Exception inner) : Exception(inner.Message, inner);
