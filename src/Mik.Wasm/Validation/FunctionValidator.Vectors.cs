namespace Mik.Wasm.Validation;

// What vector instructions need besides their types.
internal sealed partial class FunctionValidator
{
    // Lanes of the two operands of a shuffle together.
    private const int ShuffledLanes = 32;

    // spec: syntax-laneidx
    private void CheckLane()
    {
        if (_current.Lane >= _current.Facts.LaneCount)
        {
            throw Invalid($"invalid lane index {_current.Lane}");
        }
    }

    // spec: valid-vshuffle
    private void CheckShuffle()
    {
        var lanes = _current.Items(module.Bytes.Span);
        while (!lanes.AtEnd)
        {
            var lane = lanes.ReadByte();
            if (lane >= ShuffledLanes)
            {
                throw Invalid($"invalid lane index {lane}");
            }
        }
    }
}
