using System.Collections.Immutable;
using Mik.Wasm.Binary;
using Mik.Wasm.Types;

namespace Mik.Wasm.Validation;

/// <summary>
/// The types of one function's parameters and locals. Runs of locals are not expanded beyond the first few: six bytes of a body
/// can declare thousands.
/// </summary>
internal sealed class LocalTypes
{
    private const int ExpandedCount = 64;

    private readonly ValType[] _expanded = new ValType[ExpandedCount];

    // Per run, the index after its last local; ascending.
    private readonly List<uint> _ends = [];
    private readonly List<ValType> _types = [];

    public uint Count { get; private set; }

    public void Reset(ImmutableArray<ValType> parameters, LocalRun[] runs)
    {
        _ends.Clear();
        _types.Clear();
        Count = 0;
        foreach (var parameter in parameters)
        {
            Add(1, parameter);
        }

        foreach (var run in runs)
        {
            Add(run.Count, run.Type);
        }
    }

    /// <param name="index">Less than <see cref="Count"/>.</param>
    public ValType TypeOf(uint index)
    {
        if (index < ExpandedCount)
        {
            return _expanded[index];
        }

        var run = _ends.BinarySearch(index + 1);
        return _types[run >= 0 ? run : ~run];
    }

    private void Add(uint count, ValType type)
    {
        if (count == 0)
        {
            return;
        }

        if (Count < ExpandedCount)
        {
            _expanded.AsSpan((int)Count, (int)Math.Min(count, ExpandedCount - Count)).Fill(type);
        }

        Count += count;
        _ends.Add(Count);
        _types.Add(type);
    }
}
