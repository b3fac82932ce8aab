namespace Mik.Wasm.Runtime.Builtins;

/// <summary>What emitted code calls to trap.</summary>
internal static class TrapBuiltins
{
    /// <summary>Makes the exception that emitted code then throws; <paramref name="code"/> is a <see cref="TrapCode"/>.</summary>
    public static Exception Create(nint context, int code) => throw new NotImplementedException($"{context} {code}");
}
