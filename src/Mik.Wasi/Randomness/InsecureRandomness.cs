using Mik.Components.Runtime;
using Mik.Components.Types;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Randomness;

/// <summary>
/// Bytes that need not be unpredictable, drawn from the same source as those that must: one source is easier to reason about.
/// wit: wasi:random/insecure and wasi:random/insecure-seed
/// </summary>
internal static class InsecureRandomness
{
    public static WasiInterface Interface { get; } = new WasiInterface("wasi:random/insecure")
        .Func("get-insecure-random-bytes", SecureRandomness.GetRandomBytes, List(U8), new WitField("len", U64))
        .Func("get-insecure-random-u64", SecureRandomness.GetRandomU64, U64);

    public static WasiInterface SeedInterface { get; } = new WasiInterface("wasi:random/insecure-seed")
        .Func("insecure-seed", InsecureSeed, Tuple(U64, U64));

    // wit: wasi:random/insecure-seed#insecure-seed
    internal static ComponentValue InsecureSeed(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var context = WasiContext.Of(state);
        return ComponentValue.Values(
            ComponentValue.U64(SecureRandomness.NextU64(context)), ComponentValue.U64(SecureRandomness.NextU64(context)));
    }
}
