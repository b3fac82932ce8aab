using System.Runtime.Intrinsics.X86;
using Mik.Wasm.Compilation;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class ShuffleInstructionTests
{
    [Theory]
    [InlineData("0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23", "Sse2.UnpackLow(*b*b>*b)", false, null)]
    [InlineData("8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31", "Sse2.UnpackHigh(*s*s>*s)", false, null)]
    [InlineData("3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18", "Ssse3.AlignRight(*b*bb>*b)", true, 3)]
    [InlineData("19 20 21 22 23 24 25 26 27 28 29 30 31 0 1 2", "Ssse3.AlignRight(*b*bb>*b)", false, 3)]
    [InlineData("4 5 6 7 4 5 6 7 28 29 30 31 16 17 18 19", "Sse.Shuffle(*f*fb>*f)", false, 0b00_11_01_01)]
    [InlineData("20 21 22 23 20 21 22 23 12 13 14 15 0 1 2 3", "Sse.Shuffle(*f*fb>*f)", true, 0b00_11_01_01)]
    public void Known_patterns_are_one_instruction(string lanes, string method, bool isSwapped, int? immediate)
    {
        Assert.SkipUnless(Ssse3.IsSupported, "needs an x86 processor");

        var found = Find(lanes);

        Assert.Equal((method, isSwapped, immediate), (found?.Method.ToString(), found?.IsSwapped, found?.Immediate));
    }

    [Theory]
    [InlineData("0 17 1 16 2 18 3 19 4 20 5 21 6 22 7 23")]
    [InlineData("4 5 6 7 20 21 22 23 28 29 30 31 16 17 18 19")]
    public void Others_are_none(string lanes) => Assert.Null(Find(lanes));

    private static ShuffleInstruction? Find(string lanes) =>
        ShuffleInstruction.Find(new ShuffleLanes(BitConverter.ToUInt128([.. lanes.Split(' ').Select(byte.Parse)])));
}
