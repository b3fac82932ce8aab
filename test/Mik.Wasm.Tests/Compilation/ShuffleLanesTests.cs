using Mik.Wasm.Compilation;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class ShuffleLanesTests
{
    [Fact]
    public void Operands_are_told_apart()
    {
        var both = Of([0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31]);

        Assert.True(both.UsesBoth);
        Assert.True(both.IsBlend);
        Assert.True(both.OfOne.IsIdentity);
        Assert.Equal(0, both.First[0]);
        Assert.Equal(ShuffleLanes.Zero, both.First[1]);
        Assert.Equal(ShuffleLanes.Zero, both.Second[0]);
        Assert.Equal(1, both.Second[1]);
        Assert.Equal(0x00FFul, (ulong)both.FirstMask & 0xFFFF);
    }

    [Fact]
    public void Words_move_only_when_their_bytes_stay_together()
    {
        Assert.True(Of([4, 5, 6, 7, 0, 1, 2, 3, 28, 29, 30, 31, 4, 5, 6, 7]).MovesWords);
        Assert.False(Of([5, 6, 7, 8, 0, 1, 2, 3, 28, 29, 30, 31, 4, 5, 6, 7]).MovesWords);
        Assert.False(Of([4, 5, 7, 6, 0, 1, 2, 3, 28, 29, 30, 31, 4, 5, 6, 7]).MovesWords);
        Assert.False(Of([4, 5, 6, 7, 20, 21, 22, 23, 28, 29, 30, 31, 4, 5, 6, 7]).First.MovesWords);
    }

    private static ShuffleLanes Of(byte[] lanes) => new(BitConverter.ToUInt128(lanes));
}
