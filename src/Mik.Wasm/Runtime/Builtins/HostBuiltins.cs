using System.Runtime.InteropServices;

namespace Mik.Wasm.Runtime.Builtins;

/// <summary>What the emitted <c>host{t}</c> thunks call.</summary>
internal static unsafe class HostBuiltins
{
    /// <summary>Runs the host function whose context this is; arguments come from and results go to the 8-byte slots.</summary>
    public static void Invoke(nint context, nint slots)
    {
        var function = (Func)GCHandle.FromIntPtr(*(nint*)(context + ContextLayout.InstanceHandle)).Target!;
        try
        {
            // Safe because the thunk's buffer has room for the parameters' slots and for the results', whichever are more.
            function.Callback!(
                new ReadOnlySpan<ulong>((void*)slots, function.Type.ParameterSlots),
                new Span<ulong>((void*)slots, function.Type.ResultSlots));
        }
        catch (Exception failure) when (failure is not (TrapException or WasmException or HostFunctionException))
        {
            throw new HostFunctionException(failure);
        }
    }
}
