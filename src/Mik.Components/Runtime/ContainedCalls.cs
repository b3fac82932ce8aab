using Mik.Wasm.Runtime;

namespace Mik.Components.Runtime;

/// <summary>Entries into core code from the component model. An exception does not leave the component that threw it: it is a trap there.</summary>
// cabi: canon_lift
internal static class ContainedCalls
{
    /// <exception cref="TrapException">The guest trapped, or threw what it did not catch.</exception>
    public static void InvokeContained(this Func function, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        try
        {
            function.Invoke(arguments, results);
        }
        catch (WasmException exception)
        {
            throw new TrapException(TrapCode.UncaughtException, exception);
        }
    }

    /// <exception cref="TrapException">As above, of the module's start function.</exception>
    public static Instance InstantiateContained(this Module module, Store store, ReadOnlySpan<Extern> imports)
    {
        try
        {
            return module.Instantiate(store, imports);
        }
        catch (WasmException exception)
        {
            throw new TrapException(TrapCode.UncaughtException, exception);
        }
    }
}
