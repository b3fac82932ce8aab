using Mik.Wasm.Runtime;

namespace Mik.Scripting.QuickJs;

/// <summary>A runtime's state at a moment when nothing ran in it; any number of runtimes can go on from there.</summary>
internal sealed record QuickJsImage(InstanceImage State, QuickJsRoots Roots);

/// <summary>Addresses that every call into QuickJS needs.</summary>
/// <param name="Runtime">The JSRuntime.</param>
/// <param name="Context">The JSContext.</param>
/// <param name="Undefined">The value undefined.</param>
/// <param name="Scratch">Where argument lists and out-parameters are put.</param>
internal readonly record struct QuickJsRoots(uint Runtime, uint Context, uint Undefined, uint Scratch);
