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
    public void Unreasonable_number_of_locals_is_refused()
    {
        var module = new Assembler();
        for (var i = 0; i < 401; i++)
        {
            module.RawFunction("f" + i, ">", [.. ModuleBytes.Vector([.. ModuleBytes.Leb(50_000), ModuleBytes.I64]), ModuleBytes.End]);
        }

        Assert.Throws<ModuleValidationException>(() => Emit(module.ToArray(), explicitChecks: false));
    }

    private static EmittedModule Emit(byte[] bytes, bool explicitChecks) =>
        ModuleEmitter.Emit(ModuleDecoder.Decode(bytes), explicitChecks);
}
