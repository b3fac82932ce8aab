using System.Collections.Immutable;
using Mik.Wasm.Types;

namespace Mik.Wasm.Compilation;

internal enum FrameKind : byte
{
    Function,
    Block,
    Loop,

    /// <summary>An <c>if</c> whose <c>else</c> has not come yet.</summary>
    If,

    /// <summary>The second half of an <c>if</c>.</summary>
    Else,

    /// <summary>A <c>try_table</c> with clauses.</summary>
    Try,
}

/// <summary>A block that is open at the current instruction.</summary>
internal sealed class ControlFrame
{
    public required FrameKind Kind { get; set; }

    public required ImmutableArray<ValType> Parameters { get; init; }

    public required ImmutableArray<ValType> Results { get; init; }

    /// <summary>Operands below the block's own.</summary>
    public required int Height { get; init; }

    /// <summary>Where branches to the block go: its start for a loop, otherwise its end.</summary>
    public required int Label { get; init; }

    /// <summary>How many protected regions there are around <see cref="Label"/>; only <c>leave</c> gets out of one.</summary>
    public required int RegionDepth { get; init; }

    /// <summary>What a <c>try_table</c> protects.</summary>
    public TryRegion? Region { get; init; }

    /// <summary>Where a false condition goes.</summary>
    public int ElseLabel { get; init; }

    /// <summary>The parameters once more, for the <c>else</c> half.</summary>
    public Expression[] ElseParameters { get; init; } = [];

    /// <summary>
    /// The temporaries through which branches pass values: parameters of a loop, otherwise results. Allocated by the first branch.
    /// </summary>
    public int[]? BranchTemporaries { get; set; }

    /// <summary>For a loop, the choice with which it begins, if there is one.</summary>
    public LoopDispatch? Dispatch { get; set; }

    /// <summary>For a block, the loop that is continued right behind its end, if that begins with a choice.</summary>
    public ControlFrame? Continues { get; set; }

    /// <summary>Whether something branches to <see cref="Label"/>.</summary>
    public bool IsTargeted { get; set; }

    public ImmutableArray<ValType> BranchTypes => Kind == FrameKind.Loop ? Parameters : Results;
}
