using System.Runtime.Intrinsics;
using Mik.Wasm.Runtime.Builtins;

namespace Mik.Wasm.Compilation;

/// <summary>
/// A .NET method on vectors that emitted code calls: an intrinsic of the framework, or one of <see cref="VectorBuiltins"/>. Intrinsics are
/// named directly rather than through methods of ours, because the JIT expands them whatever the caller's size, while it stops inlining
/// once a caller has 512 locals.
/// </summary>
/// <param name="Type">Declaring type.</param>
/// <param name="Name">Method name.</param>
/// <param name="Signature">
/// <c>parameters&gt;result</c> with c=sbyte, b=byte, s=short, w=ushort, i=int, u=uint, I=long, U=ulong, f=float, F=double, z=bool,
/// T=<paramref name="TypeArgument"/>, and <c>*</c> before one of them for a vector of it.
/// </param>
/// <param name="TypeArgument">What a generic method is made for; 0 for others.</param>
// The evaluation stack knows vectors by their size alone, so a value computed as Vector128<float> may be passed as Vector128<byte>.
internal sealed record VectorMethod(Type Type, string Name, string Signature, char TypeArgument = '\0')
{
    public ReadOnlySpan<char> Parameters => Signature.AsSpan(0, Signature.IndexOf('>', StringComparison.Ordinal));

    public ReadOnlySpan<char> Result => Signature.AsSpan(Signature.IndexOf('>', StringComparison.Ordinal) + 1);

    public int ParameterCount => Parameters.Length - Parameters.Count('*');

    public bool IsGeneric => TypeArgument != '\0';

    /// <summary>A method of <see cref="Vector128"/> that is overloaded by lane type.</summary>
    public static VectorMethod Overload(string name, string signature) => new(typeof(Vector128), name, signature);

    /// <summary>A generic method of <see cref="Vector128"/>.</summary>
    public static VectorMethod Generic(string name, string signature, char lane) => new(typeof(Vector128), name, signature, lane);

    /// <summary>A method of <see cref="VectorBuiltins"/> from vectors to a vector.</summary>
    public static VectorMethod Own(string name, int operands = 1) =>
        new(typeof(VectorBuiltins), name, operands switch { 1 => "*b>*b", 2 => "*b*b>*b", _ => "*b*b*b>*b" });

    public override string ToString() => IsGeneric ? $"{Type.Name}.{Name}<{TypeArgument}>" : $"{Type.Name}.{Name}({Signature})";
}

/// <summary>The vector methods that more than one instruction needs.</summary>
internal static class VectorMethods
{
    public static readonly VectorMethod Keep = new(typeof(VectorBuiltins), nameof(VectorBuiltins.Keep), "*b>");

    /// <summary>A vector of two 64-bit lanes; of constants the JIT makes one constant.</summary>
    public static readonly VectorMethod Create = VectorMethod.Overload(nameof(Vector128.Create), "II>*I");

    /// <summary>Both lanes alike.</summary>
    public static readonly VectorMethod Splat = VectorMethod.Overload(nameof(Vector128.Create), "I>*I");

    public static readonly VectorMethod ShuffleBytes = VectorMethod.Overload(nameof(Vector128.Shuffle), "*b*b>*b");

    public static readonly VectorMethod ShuffleWords = VectorMethod.Overload(nameof(Vector128.Shuffle), "*i*i>*i");

    public static readonly VectorMethod QuietF32 = VectorMethod.Own(nameof(VectorBuiltins.F32x4Quiet));

    public static readonly VectorMethod QuietF64 = VectorMethod.Own(nameof(VectorBuiltins.F64x2Quiet));

    public static readonly VectorMethod Or = VectorMethod.Generic(nameof(Vector128.BitwiseOr), "*T*T>*T", 'b');

    public static readonly VectorMethod Select = VectorMethod.Generic(nameof(Vector128.ConditionalSelect), "*T*T*T>*T", 'b');
}
