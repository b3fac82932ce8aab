using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class FunctionCompilerDispatchTests
{
    // Locals of the machine: where the next byte is, and what it computes.
    private const int At = 0;
    private const int Value = 1;

    public static TheoryData<MemoryBounds, bool> Modes => Guest.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void Machine_computes_the_same_with_its_choice_repeated(MemoryBounds bounds, bool optimized)
    {
        using var guest = Guest.Start(Machine(), bounds, optimized);
        var memory = (Memory)guest.Instance.GetExport("memory")!;

        // 0 adds one, 1 doubles, 2 adds one and skips a byte if the value is odd then, 3 starts again while the value is below 1000; any other ends.
        byte[] program = [0, 1, 2, 0, 1, 0, 2, 1, 3, 9];
        program.CopyTo(memory.Slice(0, 10));

        Assert.Equal(Reference(program), guest.Call("run", 0, 5));
        Assert.Equal(Reference(program), guest.Call("run", 0, 5));
        Assert.Equal(TrapCode.MemoryOutOfBounds, guest.Trap("run", 65536, 5));
    }

    [Fact]
    public void Choice_is_repeated_for_each_case()
    {
        Assert.Equal(7, CountOf("switch", Guest.Listing(Machine(), 0)));
        Assert.Equal(7, CountOf("switch", Guest.Listing(Machine(), 0, explicitChecks: true)));
    }

    [Fact]
    public void Large_table_is_not_repeated() => Assert.Equal(1, CountOf("switch", Guest.Listing(Machine(extraLabels: 40), 0)));

    [Fact]
    public void What_is_not_only_prepared_at_the_beginning_is_not_repeated()
    {
        var module = new Assembler().Memory().Function(
            "run", "i>",
            Opcode.Loop, ModuleBytes.Empty,
            Opcode.Block, ModuleBytes.Empty,
            Opcode.I32Const, 0, Opcode.LocalGet, 0, Opcode.I32Store, 2, 0,
            Opcode.LocalGet, 0, Opcode.BrTable, 1, 0, 0,
            Opcode.End,
            Opcode.Br, 0,
            Opcode.End);

        Assert.Equal(1, CountOf("switch", Guest.Listing(module, 0)));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Machine_that_never_ends_is_interrupted(MemoryBounds bounds, bool optimized)
    {
        using var guest = Guest.Start(Machine(), bounds, optimized);
        var memory = (Memory)guest.Instance.GetExport("memory")!;
        memory.Slice(0, 1).Fill(3);
        guest.Store.Interrupt();

        Assert.Equal(TrapCode.Interrupted, guest.Trap("run", 0, 0));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Interrupt_reaches_a_machine_that_is_running(MemoryBounds bounds, bool optimized)
    {
        using var guest = Guest.Start(Machine(), bounds, optimized);
        var memory = (Memory)guest.Instance.GetExport("memory")!;
        memory.Slice(0, 1).Fill(3);
        var store = guest.Store;
        using var running = new ManualResetEventSlim();
        var interrupter = new Thread(() =>
        {
            running.Wait();
            GC.Collect();
            store.Interrupt();
        });
        interrupter.Start();
        running.Set();

        Assert.Equal(TrapCode.Interrupted, guest.Trap("run", 0, 0));
        interrupter.Join();
    }

    // (at, value) -> value
    private static Assembler Machine(int extraLabels = 0)
    {
        object[] next = [Opcode.LocalGet, At, Opcode.I32Const, 1, Opcode.I32Add, Opcode.LocalSet, At];
        object[] increment = [Opcode.LocalGet, Value, Opcode.I32Const, 1, Opcode.I32Add, Opcode.LocalSet, Value];
        return new Assembler().Memory().ExportMemory().Function(
            "run", "ii>i",
            Opcode.Loop, ModuleBytes.Empty,
            Opcode.Block, ModuleBytes.Empty,
            Opcode.Block, ModuleBytes.Empty,
            Opcode.Block, ModuleBytes.Empty,
            Opcode.Block, ModuleBytes.Empty,
            Opcode.Block, ModuleBytes.Empty,
            Opcode.Block, ModuleBytes.Empty,
            Opcode.LocalGet, At, Opcode.I32Load8U, 0, 0,
            Opcode.BrTable, 4 + extraLabels, (object[])[0, 1, 2, 3, .. Enumerable.Repeat((object)4, extraLabels)], 4,
            Opcode.End,
            next, increment, Opcode.Br, 4,
            Opcode.End,
            next, Opcode.LocalGet, Value, Opcode.I32Const, 1, Opcode.I32Shl, Opcode.LocalSet, Value, Opcode.Br, 4,
            Opcode.End,
            next, increment, Opcode.LocalGet, Value, Opcode.I32Const, 1, Opcode.I32And, Opcode.If, ModuleBytes.Empty, next, Opcode.Br, 4, Opcode.End, Opcode.Br, 3,
            Opcode.End,
            Opcode.I32Const, 77, Opcode.LocalGet, Value, Opcode.I32Const, 1000, Opcode.I32LtU, Opcode.If, ModuleBytes.Empty, Opcode.I32Const, 0, Opcode.LocalSet, At, Opcode.Br, 3, Opcode.End,
            Opcode.Drop, next, Opcode.Br, 2,
            Opcode.End,
            Opcode.LocalGet, Value, Opcode.Return,
            Opcode.End,
            Opcode.Br, 0,
            Opcode.End,
            Opcode.Unreachable);
    }

    private static uint Reference(byte[] program)
    {
        var value = 5u;
        for (var at = 0; ;)
        {
            switch (program[at])
            {
                case 0:
                    at++;
                    value++;
                    break;
                case 1:
                    at++;
                    value *= 2;
                    break;
                case 2:
                    value++;
                    at += value % 2 == 1 ? 2 : 1;
                    break;
                case 3:
                    at = value < 1000 ? 0 : at + 1;
                    break;
                default:
                    return value;
            }
        }
    }

    private static int CountOf(string instruction, string listing) =>
        listing.Split('\n').Count(line => line.TrimStart().StartsWith(instruction, StringComparison.Ordinal));
}
