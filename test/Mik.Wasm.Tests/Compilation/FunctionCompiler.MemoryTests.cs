using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class FunctionCompilerMemoryTests
{
    private const int HasMemoryIndex = 0x40;
    private const ulong Page = 65536;

    public static TheoryData<MemoryBounds, bool> Modes => Guest.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void Each_memory_has_its_own_content_and_end(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Memory(1).Memory(2).Memory(0)
            .Function("store", "iii>", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Store32(0), Opcode.LocalGet, 0, Opcode.LocalGet, 2, Store32(1))
            .Function("load0", "i>i", Opcode.LocalGet, 0, Load32(0))
            .Function("load1", "i>i", Opcode.LocalGet, 0, Load32(1))
            .Function("load2", "i>i", Opcode.LocalGet, 0, Load32(2))
            .Function("grow2", "i>i", Opcode.LocalGet, 0, Opcode.MemoryGrow, 2)
            .Function("sizes", ">iii", Opcode.MemorySize, 0, Opcode.MemorySize, 1, Opcode.MemorySize, 2);
        using var guest = Guest.Start(module, bounds, optimized);

        guest.CallAll("store", 8, 11, 22);

        Assert.Equal([11UL, 22UL], [guest.Call("load0", 8), guest.Call("load1", 8)]);
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("load2", 0));
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("load0", Page - 3));
        Assert.Equal(0UL, guest.Call("load1", Page - 3));
        Assert.Equal(0UL, guest.Call("grow2", 3));
        Assert.Equal(0UL, guest.Call("load2", (3 * Page) - 4));
        Assert.Equal([1UL, 2UL, 3UL], guest.CallAll("sizes"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Copy_goes_across_memories_and_checks_both(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Memory(1).Memory(2)
            .Function("fill", "iii>", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryFill, 1)
            .Function("copy", "iii>", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryCopy, 0, 1)
            .Function("load0", "i>i", Opcode.LocalGet, 0, Load32(0));
        using var guest = Guest.Start(module, bounds, optimized);

        guest.CallAll("fill", Page + 16, 0x5A, 8);
        guest.CallAll("copy", 4, Page + 16, 8);

        Assert.Equal(0x5A5A5A5AUL, guest.Call("load0", 8));
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("copy", Page - 4, 0, 5));
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("copy", 0, (2 * Page) - 4, 5));
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("copy", 0, uint.MaxValue, 1));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void As_many_memories_as_a_module_can_have_are_told_apart(MemoryBounds bounds, bool optimized)
    {
        const int Count = 100;
        var module = new Assembler();
        for (var i = 0; i < Count; i++)
        {
            module.Memory();
        }

        for (var i = 0; i < Count; i++)
        {
            module.Function($"store{i}", "i>", Opcode.LocalGet, 0, Opcode.I32Const, i, Store32(i));
        }

        // One function that reads a memory beyond those the scan tells apart, and one it does.
        module.Function("sum", "i>i", Opcode.LocalGet, 0, Load32(7), Opcode.LocalGet, 0, Load32(64), Opcode.I32Add, Opcode.LocalGet, 0, Load32(99), Opcode.I32Add);
        using var guest = Guest.Start(module, bounds, optimized);

        for (var i = 0; i < Count; i++)
        {
            guest.CallAll($"store{i}", 12);
        }

        Assert.Equal(7UL + 64 + 99, guest.Call("sum", 12));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void No_sum_of_address_and_offset_gets_around_the_end_of_a_64_bit_memory(MemoryBounds bounds, bool optimized)
    {
        ulong[] offsets = [0, 1, Page - 8, Page, int.MaxValue, uint.MaxValue, 1UL << 47, long.MaxValue, ulong.MaxValue - 7, ulong.MaxValue];
        ulong[] addresses = [0, 1, 7, 8, Page - 8, Page - 7, Page, uint.MaxValue, (ulong)uint.MaxValue + 1, 1UL << 47, 1UL << 62, long.MaxValue, 1UL << 63, ulong.MaxValue - 7, ulong.MaxValue];
        var module = new Assembler().Memory(1, is64: true);
        foreach (var (offset, i) in offsets.Select(static (o, i) => (o, i)))
        {
            byte[] immediate = [3, .. Leb(offset)];
            object[] bytes = [.. immediate.Select(static b => (object)b)];
            module.Function($"load{i}", "I>I", Opcode.LocalGet, 0, Opcode.I64Load, bytes);
            module.Function($"store{i}", "I>", Opcode.LocalGet, 0, Opcode.I64Const, 0, Opcode.I64Store, bytes);
            module.Function($"constant{i}", ">I", Opcode.I64Const, -8, Opcode.I64Load, bytes);
        }

        using var guest = Guest.Start(module, bounds, optimized);
        for (var i = 0; i < offsets.Length; i++)
        {
            foreach (var address in addresses)
            {
                if ((UInt128)address + offsets[i] + 8 <= Page)
                {
                    Assert.Equal(0UL, guest.Call($"load{i}", address));
                    guest.CallAll($"store{i}", address);
                }
                else
                {
                    Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap($"load{i}", address));
                    Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap($"store{i}", address));
                }
            }

            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap($"constant{i}"));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Bulk_instructions_of_a_64_bit_memory_check_all_64_bits(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Memory(1, is64: true).Memory(1)
            .Function("fill", "III>", Opcode.LocalGet, 0, Opcode.I32Const, 9, Opcode.LocalGet, 2, Opcode.MemoryFill, 0)
            .Function("copy", "III>", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryCopy, 0, 0)
            .Function("narrow", "Iii>", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.MemoryCopy, 0, 1)
            .Function("load", "I>I", Opcode.LocalGet, 0, Opcode.I64Load, 3, 0);
        using var guest = Guest.Start(module, bounds, optimized);

        guest.CallAll("fill", Page - 8, 0, 8);
        guest.CallAll("copy", 0, Page - 8, 8);

        Assert.Equal(0x0909090909090909UL, guest.Call("load", 0));
        ulong[] far = [1UL << 32, (1UL << 32) + 1, 1UL << 63, ulong.MaxValue];
        foreach (var value in far)
        {
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("fill", value, 0, 1));
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("fill", 1, 0, value));
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("copy", 0, value, 1));
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("copy", value, 0, 1));
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("copy", 1, 0, value));
            Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("narrow", value, 0, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Growth_of_a_64_bit_memory_ends_at_the_limit_of_the_store(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Memory(1, is64: true)
            .Function("grow", "I>I", Opcode.LocalGet, 0, Opcode.MemoryGrow, 0)
            .Function("size", ">I", Opcode.MemorySize, 0)
            .Function("load", "I>I", Opcode.LocalGet, 0, Opcode.I64Load, 3, 0);
        var engine = new Engine(new EngineOptions { MemoryBounds = bounds, Unloadable = optimized });
        using var store = new Store(engine, new StoreLimits { MaxMemoryBytes = 10 * (long)Page });
        using var guest = Guest.Start(store, module);

        ulong[] tooMany = [10, 1UL << 32, 1UL << 48, (1UL << 48) - 1, 1UL << 63, ulong.MaxValue, ulong.MaxValue / Page];
        Assert.All(tooMany, pages => Assert.Equal(ulong.MaxValue, guest.Call("grow", pages)));
        Assert.Equal(1UL, guest.Call("grow", 9));
        Assert.Equal(10UL, guest.Call("size"));
        Assert.Equal(0UL, guest.Call("load", (10 * Page) - 8));
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("load", 10 * Page));
    }

    private static object[] Load32(int memory) => [Opcode.I32Load, 2 + HasMemoryIndex, memory, 0];

    private static object[] Store32(int memory) => [Opcode.I32Store, 2 + HasMemoryIndex, memory, 0];

    private static IEnumerable<byte> Leb(ulong value)
    {
        do
        {
            yield return (byte)((value & 0x7F) | (value >= 0x80 ? 0x80U : 0));
            value >>= 7;
        }
        while (value != 0);
    }
}
