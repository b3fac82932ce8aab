using Mik.Wasm.Binary;
using Mik.Wasm.Compilation;
using Mik.Wasm.Runtime;
using Mik.Wasm.Tests.Binary;
using Xunit;

namespace Mik.Wasm.Tests.Compilation;

public sealed class ModuleEmitterTests
{
    [Fact]
    public void Same_module_gives_the_same_bytes()
    {
        var bytes = new Assembler().Memory().Function("f", "i>i", Opcode.LocalGet, 0, Opcode.I32Load, 0, 0).ToArray();

        Assert.Equal(Emit(bytes, explicitChecks: false).Image, Emit(bytes, explicitChecks: false).Image);
        Assert.NotEqual(Emit(bytes, explicitChecks: false).Image, Emit(bytes, explicitChecks: true).Image);
    }

    [Fact]
    public void Addresses_are_of_referenced_functions_and_two_thunks_per_type()
    {
        var module = new Assembler().Import("host", ">");
        for (var i = 0; i < 500; i++)
        {
            module.Function($"f{i}", ">");
        }

        var emitted = Emit(module.Element(0).Table(1).ToArray(), explicitChecks: false);

        Assert.Equal(500 + (2 * 501), emitted.AddressCount);
        Assert.Equal(4, emitted.AddressMethods);
    }

    [Fact]
    public void Thunks_carry_all_types_both_ways()
    {
        var module = new Assembler().Import("host", "iIfF>FfIi")
            .Function("f", "iIfF>FfIi", Opcode.LocalGet, 0, Opcode.LocalGet, 1, Opcode.LocalGet, 2, Opcode.LocalGet, 3, Opcode.Call, 0);
        using var guest = Guest.Start(module, null, static (arguments, results) =>
        {
            var copy = arguments.ToArray();
            copy.Reverse().ToArray().CopyTo(results);
        });
        ulong[] arguments = [0xFFFF_FFFF, ulong.MaxValue, 0xFFC0_0001, 0xFFF0_0000_0000_0001];

        Assert.Equal(arguments.Reverse(), guest.CallAll("f", arguments));
    }

    [Fact]
    public void Module_with_more_functions_than_a_class_can_hold_runs()
    {
        const int Count = 110_000;
        byte[] callNext = Assembler.Encode(Opcode.LocalGet, 0, Opcode.Call, Count - 1);
        byte[] increment = Assembler.Encode(Opcode.LocalGet, 0, Opcode.I32Const, 1, Opcode.I32Add);
        var bodies = Enumerable.Range(0, Count).Select(i => ModuleBytes.Body([0, .. i == 0 ? callNext : increment, ModuleBytes.End]));
        var bytes = new ModuleBytes()
            .Types(ModuleBytes.FuncType([ModuleBytes.I32], [ModuleBytes.I32]))
            .Items(3, [.. Enumerable.Repeat(new byte[1], Count)])
            .Items(7, [.. ModuleBytes.Name("f"), 0, 0])
            .Items(10, [.. bodies])
            .ToArray();
        using var store = new Store(new Engine());
        var function = (Func)store.Engine.Compile(bytes, "many").Instantiate(store, []).GetExport("f")!;
        var results = new ulong[1];

        function.Invoke([41], results);

        Assert.Equal(42UL, results[0]);
    }

    [Fact]
    public void Function_beyond_what_a_method_can_hold_is_refused()
    {
        // Each branch copies 500 values, which takes two bytes of input.
        var values = Enumerable.Range(0, 500).Select(static _ => new object[] { Opcode.LocalGet, 0 }).ToArray();
        var branches = Enumerable.Range(0, 30_000).Select(static _ => new object[] { Opcode.LocalGet, 0, Opcode.BrIf, 0 }).ToArray();
        var module = new Assembler().Type(">" + new string('i', 500))
            .Function("f", "i>", Opcode.Block, 0, values, branches, Opcode.End, Enumerable.Repeat((object)Opcode.Drop, 500).ToArray());

        var refusal = Assert.Throws<ModuleValidationException>(() => Emit(module.ToArray(), explicitChecks: false));

        Assert.StartsWith("function 0: too much code", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unreasonable_number_of_locals_is_refused()
    {
        var module = new Assembler();
        for (var i = 0; i < 401; i++)
        {
            module.RawFunction("f" + i, ">", [.. ModuleBytes.Vector([.. ModuleBytes.Leb(50_000), ModuleBytes.I64]), ModuleBytes.End]);
        }

        Assert.Throws<ModuleValidationException>(() => Emit(module.ToArray(), explicitChecks: false));
    }

    [Fact]
    public void Repeated_types_share_their_thunks()
    {
        var one = Emit(new ModuleBytes().Types(ModuleBytes.FuncType([], [])).ToArray(), explicitChecks: false);
        var thousand = Emit(
            new ModuleBytes().Types([.. Enumerable.Repeat(ModuleBytes.FuncType([], []), 1000)]).ToArray(), explicitChecks: false);

        Assert.Equal(2000, thousand.AddressCount);
        Assert.InRange(thousand.Image.Length - one.Image.Length, 0, 40_000);
    }

    private static EmittedModule Emit(byte[] bytes, bool explicitChecks) =>
        ModuleEmitter.Emit(ModuleDecoder.Decode(bytes), explicitChecks);
}
