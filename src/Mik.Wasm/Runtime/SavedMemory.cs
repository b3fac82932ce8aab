using Mik.Wasm.Runtime.Allocation;

namespace Mik.Wasm.Runtime;

/// <summary>The size and content of one memory in an <see cref="InstanceImage"/>. Immutable.</summary>
internal sealed class SavedMemory
{
    // Where the system cannot map the image: what is not zero.
    private readonly List<(ulong Address, byte[] Bytes)> _runs = [];

    public SavedMemory(Memory memory)
    {
        Length = memory.Length;
        Content = MemoryImage.TryCreate(memory.BaseAddress, (nuint)Length);
        if (Content is null)
        {
            foreach (var (start, length) in MemoryImage.ContentRuns(memory.BaseAddress, (nuint)Length))
            {
                _runs.Add((start, memory.Slice(start, length).ToArray()));
            }
        }
    }

    /// <summary>In bytes.</summary>
    public long Length { get; }

    /// <summary>What can be mapped; <see langword="null"/> for an empty memory and where the system has no such mappings.</summary>
    public MemoryImage? Content { get; }

    public void WriteTo(Memory memory)
    {
        if (Content is not null)
        {
            memory.Reset(Content);
            return;
        }

        memory.Reset(Length);
        foreach (var (address, bytes) in _runs)
        {
            bytes.CopyTo(memory.Slice(address, (ulong)bytes.Length));
        }
    }
}
