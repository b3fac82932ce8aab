namespace Mik.Wasm.Runtime.Builtins;

/// <summary>What emitted code calls to trap.</summary>
internal static unsafe class TrapBuiltins
{
    /// <summary>Makes the exception that emitted code then throws; <paramref name="code"/> is a <see cref="TrapCode"/>.</summary>
    public static Exception Create(nint context, int code)
    {
        // An interrupt raises the stack limit above every address, so that guarded calls notice it too.
        var isInterrupted = Volatile.Read(ref *(int*)(context + ContextLayout.Interrupt)) != 0;
        return new TrapException(isInterrupted && code == (int)TrapCode.StackExhausted ? TrapCode.Interrupted : (TrapCode)code);
    }
}
