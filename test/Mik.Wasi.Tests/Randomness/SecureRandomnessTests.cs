using System.Security.Cryptography;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;

namespace Mik.Wasi.Tests.Randomness;

public sealed class SecureRandomnessTests
{
    [Fact]
    public void All_randomness_comes_from_the_given_source()
    {
        using var guest = new Guest(new WasiContext { Randomness = new Sevens() });

        Assert.Equal([7, 7, 7], guest.Call("wasi:random/random#get-random-bytes", ComponentValue.U64(3)).AsBytes.ToArray());
        Assert.Equal([7], guest.Call("wasi:random/insecure#get-insecure-random-bytes", ComponentValue.U64(1)).AsBytes.ToArray());
        Assert.Equal(0x0707070707070707UL, guest.Call("wasi:random/random#get-random-u64").AsU64);
        Assert.Equal(0x0707070707070707UL, guest.Call("wasi:random/insecure#get-insecure-random-u64").AsU64);
        Assert.Equal(0x0707070707070707UL, guest.Call("wasi:random/insecure-seed#insecure-seed").AsValues[1].AsU64);
    }

    [Fact]
    public void More_bytes_than_the_host_wants_to_hold_trap()
    {
        using var guest = new Guest();

        Assert.Throws<TrapException>(() => guest.Call("wasi:random/random#get-random-bytes", ComponentValue.U64(ulong.MaxValue)));
    }

    private sealed class Sevens : RandomNumberGenerator
    {
        public override void GetBytes(byte[] data) => Array.Fill(data, (byte)7);

        public override void GetBytes(Span<byte> data) => data.Fill(7);
    }
}
