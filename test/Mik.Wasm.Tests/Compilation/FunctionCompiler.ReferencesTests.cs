using Mik.Wasm.Binary;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class FunctionCompilerReferencesTests
{
    private const byte Empty = ModuleBytes.Empty;
    private const byte FuncHeap = ModuleBytes.FuncReference;
    private const byte CatchAll = 2;

    public static TheoryData<MemoryBounds, bool> Modes => Guest.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void Function_is_called_through_a_reference_of_its_type(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler()
            .Function("twice", "i>i", Opcode.LocalGet, 0, Opcode.LocalGet, 0, Opcode.I32Add)
            .Function("call", "i>i", Opcode.LocalGet, 0, Opcode.RefFunc, 0, Opcode.CallRef, 0)
            .Function("null", "i>i", Opcode.LocalGet, 0, Opcode.RefNull, 0, Opcode.CallRef, 0)
            .Function("loop", "i>i", Opcode.LocalGet, 0, Opcode.I32Eqz, Opcode.If, Empty, Opcode.I32Const, 7, Opcode.Return, Opcode.End, Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Sub, Opcode.RefFunc, 3, Opcode.ReturnCallRef, 3);
        using var guest = Guest.Start(module, bounds, optimized);

        Assert.Equal(42UL, guest.Call("call", 21));
        Assert.Equal(TrapCode.NullFunctionReference, guest.Trap("null", 1));
        Assert.Equal(7UL, guest.Call("loop", 1_000_000));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Function_of_the_host_is_called_through_a_reference(MemoryBounds bounds, bool optimized)
    {
        var module = new Assembler().Import("host", "iI>I").Table(1).Element(0, 0)
            .Function("call", "iI>I", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.RefFunc, 0, Opcode.CallRef, 0);
        using var guest = Guest.Start(module, bounds, optimized, static (arguments, results) => results[0] = arguments[0] + arguments[1]);

        Assert.Equal(5UL, guest.Call("call", 2, 3));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Branches_look_at_the_reference_and_carry_what_is_below(MemoryBounds bounds, bool optimized)
    {
        object[] reference = [Opcode.LocalGet, 0, Opcode.If, FuncHeap, Opcode.RefFunc, 0, Opcode.Else, Opcode.RefNull, FuncHeap, Opcode.End];
        var module = new Assembler()
            .Function("f", ">")
            .Function("onNull", "i>i", Opcode.Block, ModuleBytes.I32, Opcode.I32Const, 5, reference, Opcode.BrOnNull, 0, Opcode.Drop, Opcode.Drop, Opcode.I32Const, 6, Opcode.End)
            .Function("onNonNull", "i>i", Opcode.Block, FuncHeap, reference, Opcode.BrOnNonNull, 0, Opcode.I32Const, 5, Opcode.Return, Opcode.End, Opcode.Drop, Opcode.I32Const, 6)
            .Function("returns", "i>i", Opcode.I32Const, 5, reference, Opcode.BrOnNull, 0, Opcode.Drop, Opcode.Drop, Opcode.I32Const, 6)
            .Function(
                "protected",
                "i>i",
                Opcode.Block, Empty, Opcode.Block, Empty,
                Opcode.TryTable, Empty, 1, CatchAll, 0, reference, Opcode.BrOnNull, 2, Opcode.Drop, Opcode.End,
                Opcode.End, Opcode.I32Const, 6, Opcode.Return, Opcode.End, Opcode.I32Const, 5)
            .Function("asNonNull", "i>i", reference, Opcode.RefAsNonNull, Opcode.Drop, Opcode.I32Const, 6);
        using var guest = Guest.Start(module, bounds, optimized);

        foreach (var name in (string[])["onNull", "onNonNull", "returns", "protected"])
        {
            Assert.Equal([5UL, 6UL], [guest.Call(name, 0), guest.Call(name, 1)]);
        }

        Assert.Equal(TrapCode.NullReference, guest.Trap("asNonNull", 0));
        Assert.Equal(6UL, guest.Call("asNonNull", 1));
    }
}
