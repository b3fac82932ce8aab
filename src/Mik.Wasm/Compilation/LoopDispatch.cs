using Mik.Wasm.Binary;

namespace Mik.Wasm.Compilation;

/// <summary>The choice from a table with which a loop begins.</summary>
/// <param name="Code">What computes the index: straight code and the beginnings of blocks.</param>
/// <param name="Labels">Where each index leads, the default last; nothing is carried there.</param>
internal sealed record LoopDispatch(ByteRange Code, int[] Labels)
{
    /// <summary>How often it was emitted again.</summary>
    public int Copies { get; set; }
}
