using Mik.Wasm.Types;

namespace Mik.Wasm.Runtime;

/// <summary>
/// References as an image keeps them, since functions lie elsewhere in every instance: a function by its number among the
/// instance's references, from 1 on; what the host refers to as it is; null as 0.
/// </summary>
internal static class SavedReference
{
    /// <param name="reference">As emitted code holds it.</param>
    /// <param name="type">Of the table or global that holds it.</param>
    /// <param name="funcRefs">Where the instance has its references.</param>
    /// <param name="count">How many it has.</param>
    /// <exception cref="NotSupportedException">It refers to another instance's function or to an exception.</exception>
    public static long Of(long reference, ValType type, nint funcRefs, int count)
    {
        if (reference == 0 || type == ValType.ExternRef || type == ValType.ExternRef.WithoutNull())
        {
            return reference;
        }

        var offset = reference - funcRefs;
        return type.IsFunctionReference() && offset >= 0 && offset < (long)count * ContextLayout.FuncRefSize
            ? (offset / ContextLayout.FuncRefSize) + 1
            : throw new NotSupportedException("A table or global refers to a function of another instance or to an exception.");
    }

    /// <summary>The reference to a saved function in an instance.</summary>
    public static long ToFunction(long saved, nint funcRefs) => saved == 0 ? 0 : funcRefs + (nint)(ContextLayout.FuncRefSize * (saved - 1));
}
