using System.Buffers.Binary;
using Mik.Components.Runtime;
using Mik.Components.Types;
using Mik.Wasm.Runtime;
using static Mik.Components.Types.WitType;

namespace Mik.Wasi.Randomness;

/// <summary>Unpredictable bytes. wit: wasi:random/random</summary>
internal static class SecureRandomness
{
    // The bytes exist on the host's side before they reach the guest's bounded memory.
    private const int MaxBytes = 16 * 1024 * 1024;

    public static WasiInterface Interface { get; } = new WasiInterface("wasi:random/random")
        .Func("get-random-bytes", GetRandomBytes, List(U8), new WitField("len", U64))
        .Func("get-random-u64", GetRandomU64, U64);

    // wit: wasi:random/random#get-random-bytes
    internal static ComponentValue GetRandomBytes(object? state, ReadOnlySpan<ComponentValue> arguments)
    {
        var length = arguments[0].AsU64;
        if (length > MaxBytes)
        {
            throw new TrapException(TrapCode.HostRefused, $"{length} random bytes in one call, more than {MaxBytes}");
        }

        var bytes = new byte[length];
        WasiContext.Of(state).Randomness.GetBytes(bytes);
        return ComponentValue.Bytes(bytes);
    }

    // wit: wasi:random/random#get-random-u64
    internal static ComponentValue GetRandomU64(object? state, ReadOnlySpan<ComponentValue> arguments) =>
        ComponentValue.U64(NextU64(WasiContext.Of(state)));

    internal static ulong NextU64(WasiContext context)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        context.Randomness.GetBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
