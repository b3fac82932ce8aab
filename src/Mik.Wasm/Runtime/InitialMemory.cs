using Mik.Wasm.Binary;
using Mik.Wasm.Runtime.Allocation;

namespace Mik.Wasm.Runtime;

/// <summary>
/// What a module's memory holds before any of its code runs. Where that is the same for every instance, and much, the first
/// instance's is kept as an image that later ones map instead of copying the data again. Thread-safe.
/// </summary>
internal sealed class InitialMemory
{
    // Below sixteen pages copying is as quick as one more mapping.
    private const long MinDataBytes = 64 * 1024;

    // The image is made by looking at every page once.
    private const uint MaxPages = (256 << 20) / Memory.PageSize;

    private readonly bool _isShareable;
    private MemoryImage? _image;
    private int _captures;

    public InitialMemory(ModuleDefinition definition) => _isShareable = IsShareable(definition);

    /// <summary>The image, once there is one.</summary>
    public MemoryImage? Image => Volatile.Read(ref _image);

    /// <summary>Keeps what an instance's memory holds right after its data was copied.</summary>
    public void Capture(Instance instance)
    {
        if (_isShareable && Interlocked.Increment(ref _captures) == 1)
        {
            var memory = instance.Memories[0];
            Volatile.Write(ref _image, MemoryImage.TryCreate(memory.BaseAddress, (nuint)memory.Length));
        }
    }

    private static bool IsShareable(ModuleDefinition definition) =>
        definition.ImportedMemoryCount == 0
        && definition.Memories is [{ Limits.Min: <= MaxPages }]
        && definition.Data.Where(static segment => segment.Mode == SegmentMode.Active).Sum(static segment => (long)segment.Content.Length) >= MinDataBytes
        && definition.Data.All(segment => segment.Mode != SegmentMode.Active || IsSameEverywhere(definition, segment.Offset));

    private static bool IsSameEverywhere(ModuleDefinition definition, ConstantExpression expression)
    {
        var reader = new InstructionReader(definition, expression.Code);
        for (var instruction = reader.Read(); instruction.Opcode != Opcode.End; instruction = reader.Read())
        {
            if (instruction.Opcode == Opcode.GlobalGet)
            {
                return false;
            }
        }

        return true;
    }
}
