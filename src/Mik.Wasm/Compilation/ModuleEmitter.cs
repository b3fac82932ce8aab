using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>Turns a validated module into the bytes of a .NET assembly.</summary>
/// <remarks>
/// The assembly is called <c>Mik.Wasm.Emitted</c> and holds one static class <c>Guest</c>:
/// <list type="bullet">
/// <item><c>f{index}</c> per defined function: <c>static R f(nint context, parameters…)</c>; a result beyond the first goes to the
/// result area (<see cref="Runtime.ContextLayout.Results"/>). i32→int, i64→long, f32→float, f64→double, references→long.</item>
/// <item><c>enter{t}</c> per type: <c>static void (nint code, nint context, nint slots)</c> loads the parameters from 8-byte slots,
/// calls <c>code</c> and stores all results to the slots.</item>
/// <item><c>host{t}</c> per type: a function of that type (<c>nint context</c> is the host function's context) that stores its
/// parameters to slots on its stack, calls <c>HostBuiltins.Invoke(context, slots)</c> and returns the slots' results.</item>
/// <item><c>addresses{k}(nint destination)</c>: together fill the array <see cref="EmittedModule.AddressCount"/> describes.</item>
/// </list>
/// </remarks>
internal static class ModuleEmitter
{
    /// <param name="module">Decoded and validated.</param>
    /// <param name="explicitChecks">Compare every memory access with the memory's length instead of relying on guard pages.</param>
    public static EmittedModule Emit(ModuleDefinition module, bool explicitChecks) =>
        throw new NotImplementedException($"{module} {explicitChecks}");
}

/// <summary>What the emitter made.</summary>
/// <param name="Image">The assembly's bytes.</param>
/// <param name="AddressMethods">How many <c>addresses{k}</c> methods there are; call all with the same destination.</param>
/// <param name="AddressCount">
/// Length of the destination in 8-byte entries: first one per entry of <see cref="ModuleDefinition.ReferencedFunctions"/> (its code,
/// 0 for an imported function), then per type of the module two: <c>enter{t}</c>, <c>host{t}</c>.
/// </param>
internal sealed record EmittedModule(byte[] Image, int AddressMethods, int AddressCount);
