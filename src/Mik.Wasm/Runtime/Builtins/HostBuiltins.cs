namespace Mik.Wasm.Runtime.Builtins;

/// <summary>What the emitted <c>host{t}</c> thunks call.</summary>
internal static class HostBuiltins
{
    /// <summary>Runs the host function whose context this is; arguments come from and results go to the 8-byte slots.</summary>
    public static void Invoke(nint context, nint slots) => throw new NotImplementedException($"{context} {slots}");
}
