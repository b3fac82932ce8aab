using System.Runtime.Intrinsics.X86;

namespace Mik.Wasm.Compilation;

/// <summary>An instruction of the processor that does a whole shuffle of two operands, where two byte shuffles would be three.</summary>
/// <param name="Method">The intrinsic.</param>
/// <param name="IsSwapped">Whether the second operand comes first.</param>
/// <param name="Immediate">A constant after the operands, if there is one.</param>
internal sealed record ShuffleInstruction(VectorMethod Method, bool IsSwapped = false, int? Immediate = null)
{
    /// <summary>The instruction for these lanes of both operands, or <see langword="null"/>.</summary>
    public static ShuffleInstruction? Find(ShuffleLanes lanes) =>
        !Ssse3.IsSupported ? null : FindUnpack(lanes) ?? FindAlign(lanes) ?? FindWords(lanes);

    // Lanes of one half of both operands, alternately.
    private static ShuffleInstruction? FindUnpack(ShuffleLanes lanes)
    {
        ReadOnlySpan<char> types = ['b', 's', 'i', 'I'];
        for (var i = 0; i < types.Length; i++)
        {
            var width = 1 << i;
            foreach (var start in new[] { 0, 8 })
            {
                if (lanes.All((lane, position) => lane == Interleaved(position, width, start)))
                {
                    var type = types[i];
                    return new ShuffleInstruction(new VectorMethod(
                        typeof(Sse2), start == 0 ? nameof(Sse2.UnpackLow) : nameof(Sse2.UnpackHigh), $"*{type}*{type}>*{type}"));
                }
            }
        }

        return null;
    }

    private static int Interleaved(int position, int width, int start)
    {
        var group = position / width;
        return start + (group / 2 * width) + (position % width) + (group % 2 == 0 ? 0 : 16);
    }

    // Sixteen bytes in a row of the two operands one after the other.
    private static ShuffleInstruction? FindAlign(ShuffleLanes lanes)
    {
        var start = lanes[0];
        return lanes.All((lane, position) => lane == (start + position) % 32)
            ? new ShuffleInstruction(
                new VectorMethod(typeof(Ssse3), nameof(Ssse3.AlignRight), "*b*bb>*b"), IsSwapped: start < 16, Immediate: start % 16)
            : null;
    }

    // Two 32-bit lanes of one operand, then two of the other.
    private static ShuffleInstruction? FindWords(ShuffleLanes lanes)
    {
        if (!lanes.MovesWords || lanes[0] / 16 != lanes[4] / 16 || lanes[8] / 16 != lanes[12] / 16)
        {
            return null;
        }

        var control = 0;
        for (var i = 0; i < 4; i++)
        {
            control |= lanes[4 * i] % 16 / 4 << (2 * i);
        }

        return new ShuffleInstruction(
            new VectorMethod(typeof(Sse), nameof(Sse.Shuffle), "*f*fb>*f"), IsSwapped: lanes[0] >= 16, Immediate: control);
    }
}
