using Mik.Wasm.Runtime;

namespace Mik.Scripting.QuickJs;

/// <summary>A runtime's state at a moment when nothing ran in it; any number of runtimes can go on from there.</summary>
internal sealed record QuickJsImage(InstanceImage State, QuickJsRoots Roots);

/// <summary>Addresses that every call into QuickJS needs.</summary>
internal readonly record struct QuickJsRoots(uint Runtime, uint Context, uint Undefined);
