using Mik.Components.Binary;
using Mik.Components.CanonicalAbi;
using Mik.Components.Runtime;
using Mik.Wasm.Runtime;
using Mik.Wasm.Types;

namespace Mik.Components.Tests.CanonicalAbi;

/// <summary>A memory with an allocator that records what it is asked for.</summary>
internal sealed class GuestMemory : IDisposable
{
    public const uint HeapStart = 4096;

    private readonly Store _store = new(new Engine());
    private readonly Memory _memory;
    private readonly Func _realloc;
    private uint _next = HeapStart;

    public GuestMemory()
    {
        _memory = Memory.Create(_store, new MemoryType(new Limits(1, 1)));
        var type = new FuncType([ValType.I32, ValType.I32, ValType.I32, ValType.I32], [ValType.I32]);
        _realloc = Func.FromHost(_store, type, Reallocate);
    }

    /// <summary>Old length, alignment and new length of each allocation.</summary>
    public List<string> Allocations { get; } = [];

    public GuestInstance Instance { get; } = new(0);

    public LiftLowerContext Context(StringEncoding encoding = StringEncoding.Utf8, BorrowScope? scope = null)
    {
        var context = new LiftLowerContext();
        context.Begin(_memory, _realloc, encoding, Instance, scope, isForHost: true);
        return context;
    }

    public Span<byte> At(uint address, int length) => _memory.Slice(address, (uint)length);

    public void Dispose() => _store.Dispose();

    private void Reallocate(ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        var (old, oldLength, alignment, length) = ((uint)arguments[0], (uint)arguments[1], (uint)arguments[2], (uint)arguments[3]);
        Allocations.Add($"{oldLength},{alignment},{length}");
        var address = (_next + alignment - 1) & ~(alignment - 1);
        _next = address + length;
        At(old, (int)Math.Min(oldLength, length)).CopyTo(At(address, (int)length));
        results[0] = address;
    }
}
